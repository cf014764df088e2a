using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.Setup;

/// <summary>What is to be looked at.</summary>
/// <param name="RepositoryName">The repository in ECR.</param>
/// <param name="RoleName">The role that CI assumes.</param>
/// <param name="PolicyName">The managed policy of the role.</param>
/// <param name="GitHubRepository">The repository at GitHub, as a user types it.</param>
/// <param name="Subjects">The subjects of its runs.</param>
/// <param name="TaskRoles">The roles that the task definition names.</param>
internal sealed record SetupRequest(RepositoryName RepositoryName, string RoleName, string PolicyName, string GitHubRepository,
    IReadOnlyList<GitHubSubject> Subjects, IReadOnlyList<string> TaskRoles)
{
    /// <summary>Whether the role is to be allowed all that Update-PizzaService does with an image.</summary>
    public bool IncludeDeploy { get; init; }
}

/// <summary>Looks at all that a service needs between a commit and an image in ECR. Nothing is changed.</summary>
/// <param name="aws">The caller's session.</param>
/// <param name="time">What conditions on the time look at.</param>
internal sealed class SetupService(AwsSession aws, TimeProvider time)
{
    private const string Tag = Defaults.ImageTag;
    private Repository? _repository;

    /// <summary>Looks at one part after the other, in the order in which they build on each other.</summary>
    /// <param name="wanted">What is to be looked at.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="PizzaException">Without credentials there is nothing to see.</exception>
    public async IAsyncEnumerable<SetupCheck> CheckAsync(SetupRequest wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Ok("Credentials",
            $"{(await aws.Sts.GetCallerIdentityAsync(cancellationToken).ConfigureAwait(false)).Arn} in {aws.Region}");
        (string Check, Func<SetupRequest, CancellationToken, Task<SetupCheck>> Look)[] parts =
        [
            ("Repository", RepositoryAsync), ("Lifecycle", LifecycleAsync), ("Provider", ProviderAsync), ("Trust", TrustAsync),
            ("Grant", GrantAsync), ("Image", ImageAsync),
        ];
        foreach ((string check, var look) in parts)
        {
            SetupCheck found = await TryAsync(check, () => look(wanted, cancellationToken)).ConfigureAwait(false);
            yield return found with { RepositoryName = wanted.RepositoryName.Value, RoleName = wanted.RoleName, Region = aws.Region };
        }
    }

    private async Task<SetupCheck> RepositoryAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        try
        {
            _repository =
                await new RepositoryService(aws.Ecr).GetAsync(wanted.RepositoryName.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e)
            when (e.Kind == PizzaErrorKind.NotFound)
            {
                return Failed("Repository", $"{wanted.RepositoryName} is not in {aws.Region}",
                    $"New-PizzaRepository {wanted.RepositoryName}");
            }
        return Ok("Repository", _repository.RepositoryUri);
    }

    private async Task<SetupCheck> LifecycleAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        if (_repository is null) return Later("Lifecycle");
        (RepositoryLifecycle lifecycle, _) =
            await new LifecycleService(aws.Ecr, aws.Region).GetAsync(wanted.RepositoryName.Value, cancellationToken).ConfigureAwait(false);
        return lifecycle.PolicyText is null
            ? new()
            {
                Check = "Lifecycle", Status = SetupStatus.Warning,
                Finding = "No rule: images that lost their tag stay, and count against the 500 MB",
                NextStep = $"Set-PizzaLifecycle {wanted.RepositoryName} -UntaggedDays 1 -KeepLast 10",
            }
            : Ok("Lifecycle", $"{lifecycle.Rules.Length} rule{(lifecycle.Rules.Length == 1 ? "" : "s")}");
    }

    private async Task<SetupCheck> ProviderAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        GitHubProvider provider =
            GitHubProvider.ForUrl(null, aws.Partition, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false));
        return await new ProviderService(aws.Iam).AudiencesAsync(provider, cancellationToken).ConfigureAwait(false) is { } audiences
            ? Ok("Provider", $"{provider.Url} for {string.Join(", ", audiences)}")
            : Failed("Provider", $"{provider.Url} is not registered, so its tokens count for nothing", "Register-PizzaOidcProvider");
    }

    private async Task<SetupCheck> TrustAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        List<string> refused = [];
        TrustTester tester = new(aws.Iam, time);
        try
        {
            foreach (GitHubSubject subject in wanted.Subjects)
            {
                GitHubToken token = GitHubToken.For(subject, GitHubProvider.UsualAudience(aws.Partition), null);
                if (await tester.TestAsync(wanted.RoleName, token, cancellationToken).ConfigureAwait(false) is { Allowed: false } verdict)
                    refused.Add($"{verdict}");
            }
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.NotFound)
        {
            return Failed("Trust", $"There is no role {wanted.RoleName} in this account",
                $"New-PizzaCiRole {wanted.GitHubRepository} -RoleName {wanted.RoleName}");
        }
        return refused.Count == 0
            ? Ok("Trust", $"{string.Join(", ", wanted.Subjects.Select(s => s.Text))} may assume {wanted.RoleName}")
            : Failed("Trust", string.Join("; ", refused), $"Add-PizzaTrustSubject {wanted.GitHubRepository} -RoleName {wanted.RoleName}");
    }

    private async Task<SetupCheck> GrantAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        string arn = _repository?.RepositoryArn
            ?? await new RepositoryArns(aws).FindAsync(wanted.RepositoryName, null, mustExist: false, cancellationToken)
                .ConfigureAwait(false);
        CiPolicyPlan plan = await new CiPolicyService(aws.Iam)
            .PlanGrantAsync(new(wanted.RoleName, wanted.PolicyName, null),
                [CiGrant.For(arn, null, null, wanted.TaskRoles) with { IncludeDeploy = wanted.IncludeDeploy }], cancellationToken)
                .ConfigureAwait(false);
        return plan.IsChange
            ? Failed("Grant", $"The policy {wanted.PolicyName} of {wanted.RoleName} does not allow all that a push and a deployment need",
                $"Grant-PizzaCiPolicy {wanted.RepositoryName} -RoleName {wanted.RoleName} -PolicyName " +
                $"{wanted.PolicyName}{(wanted.IncludeDeploy ? " -IncludeDeploy" : "")}")
            : Ok("Grant",
                $"{wanted.RoleName} may push and deploy, by {string.Join(", ", plan.Edit.Results.SelectMany(r => r.Sids).Distinct())}");
    }

    private async Task<SetupCheck> ImageAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        if (_repository is null) return Later("Image");
        try
        {
            EcrImage image = await new ImageListing(new EcrRepository(aws.Ecr, _repository), _repository, new Progress<string>())
                .GetAsync(Tag, cancellationToken).ConfigureAwait(false);
            return Ok("Image", $"{Tag} is {Short.Digest(image.ImageDigest)}{string.Concat(image.Platform.Select(p => $", {p}"))}");
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.NotFound)
        {
            return new()
            {
                Check = "Image", Status = SetupStatus.Warning, Finding = $"Nothing is tagged {Tag} yet",
                NextStep = $"Publish-PizzaImage ./dist {wanted.RepositoryName}",
            };
        }
    }

    /// <summary>What may not be looked at is unknown; any other trouble is the finding.</summary>
    private static async Task<SetupCheck> TryAsync(string check, Func<Task<SetupCheck>> look)
    {
        try { return await look().ConfigureAwait(false); }
        catch (PizzaException e) when (e.Kind is not (PizzaErrorKind.Authentication or PizzaErrorKind.Configuration))
        {
            return new()
            {
                Check = check,
                Status = e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.Unavailable ? SetupStatus.Unknown : SetupStatus.Failed,
                Finding = e.Message,
            };
        }
    }

    private static SetupCheck Ok(string check, string finding) => new() { Check = check, Status = SetupStatus.Ok, Finding = finding };

    private static SetupCheck Failed(string check, string finding, string nextStep) =>
        new() { Check = check, Status = SetupStatus.Failed, Finding = finding, NextStep = nextStep };

    private static SetupCheck Later(string check) =>
        new() { Check = check, Status = SetupStatus.Unknown, Finding = "There is no repository to look at" };
}
