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

    /// <summary>Who issues the tokens; null: github.com.</summary>
    public string? Issuer { get; init; }
}

/// <summary>Looks at all that a service needs between a commit and an image in ECR. Nothing is changed.</summary>
/// <param name="aws">The caller's session.</param>
/// <param name="time">What conditions on the time look at.</param>
internal sealed class SetupService(AwsSession aws, TimeProvider time)
{
    private const string Tag = Defaults.ImageTag;
    private readonly TrustTester _tester = new(aws.Iam, time) { KeepsWhatItReads = true };
    private Repository? _repository;
    private string? _whyNoRepository;

    /// <summary>Looks at one part after the other, in the order in which they build on each other. Without credentials that work, the rest
    /// is unknown.</summary>
    /// <param name="wanted">What is to be looked at.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public async IAsyncEnumerable<SetupCheck> CheckAsync(SetupRequest wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Check, Func<SetupRequest, CancellationToken, Task<SetupCheck>> Look)[] parts =
        [
            ("Credentials", CredentialsAsync), ("Repository", RepositoryAsync), ("Lifecycle", LifecycleAsync), ("Provider", ProviderAsync),
            ("Trust", TrustAsync),
            ("Grant", GrantAsync), ("Image", ImageAsync),
        ];
        bool locked = false;
        foreach ((string check, var look) in parts)
        {
            (SetupCheck found, bool refused) = locked ? (Unknown(check, "Not checked, because the credentials do not work"), true)
                : await TryAsync(check, () => look(wanted, cancellationToken)).ConfigureAwait(false);
            locked |= refused;
            yield return found with { RepositoryName = wanted.RepositoryName.Value, RoleName = wanted.RoleName, Region = aws.Region };
        }
    }

    private async Task<SetupCheck> CredentialsAsync(SetupRequest wanted, CancellationToken cancellationToken) =>
        Ok("Credentials", $"{(await aws.GetCallerAsync(cancellationToken).ConfigureAwait(false)).Arn} in {aws.Region}");

    private async Task<SetupCheck> RepositoryAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        _whyNoRepository = "It could not be read whether the repository exists";
        try
        {
            _repository =
                await new RepositoryService(aws.Ecr).GetAsync(wanted.RepositoryName.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.NotFound)
        {
            _whyNoRepository = "There is no repository to check";
            return Failed("Repository", $"{wanted.RepositoryName} is not in {aws.Region}",
                Advice.Run("New-PizzaRepository", wanted.RepositoryName.Value));
        }
        return Ok("Repository", _repository.RepositoryUri);
    }

    private async Task<SetupCheck> LifecycleAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        if (_repository is null) return Unknown("Lifecycle", _whyNoRepository!);
        (RepositoryLifecycle lifecycle, _) =
            await new LifecycleService(aws.Ecr, aws.Region)
                .GetAsync(wanted.RepositoryName.Value, cancellationToken, _repository.RegistryId).ConfigureAwait(false);
        return lifecycle.PolicyText is null
            ? Warning("Lifecycle", "No rule: images that lost their tag stay, and count against the 500 MB",
                Advice.Run("Set-PizzaLifecycle", wanted.RepositoryName.Value).With("-UntaggedDays", "1").With("-KeepLast", "10"))
            : Ok("Lifecycle", $"{lifecycle.Rules.Length} rule{(lifecycle.Rules.Length == 1 ? "" : "s")}");
    }

    private async Task<SetupCheck> ProviderAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        GitHubProvider provider =
            GitHubProvider.ForUrl(wanted.Issuer, aws.Partition, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false));
        Advice register = Advice.Run("Register-PizzaOidcProvider").With("-Url", provider.IsPublic ? null : provider.Url);
        return await _tester.AudiencesAsync(provider, cancellationToken).ConfigureAwait(false) switch
        {
            null => Failed("Provider", $"{provider.Url} is not registered, so AWS does not accept its tokens", register),
            var audiences
                when !audiences.Contains(provider.Audience) =>
                Failed("Provider", $"{provider.Url} is registered for {string.Join(", ", audiences)}, and not for {provider.Audience}",
                    register),
            var audiences => Ok("Provider", $"{provider.Url} for {string.Join(", ", audiences)}"),
        };
    }

    private async Task<SetupCheck> TrustAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        List<string> refused = [], open = [];
        try
        {
            foreach (GitHubSubject subject in wanted.Subjects)
            {
                GitHubToken token = GitHubToken.For(subject, GitHubProvider.UsualAudience(aws.Partition), wanted.Issuer);
                TrustVerdict verdict = await _tester.TestAsync(wanted.RoleName, token, cancellationToken).ConfigureAwait(false);
                if (!verdict.Allowed) refused.Add($"{verdict}");
                open.AddRange(verdict.Warnings);
            }
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.NotFound)
        {
            return Failed("Trust", $"There is no role {wanted.RoleName} in this account",
                await WithProviderAsync("New-PizzaCiRole", wanted, cancellationToken).ConfigureAwait(false));
        }
        if (refused.Count == 0 && open.Count > 0)
            return new() { Check = "Trust", Status = SetupStatus.Warning, Finding = string.Join(" ", open.Distinct()) };
        return refused.Count == 0
            ? Ok("Trust", $"{string.Join(", ", wanted.Subjects.Select(s => s.Text))} can assume {wanted.RoleName}")
            : Failed("Trust", string.Join("; ", refused),
                await WithProviderAsync("Add-PizzaTrustSubject", wanted, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The command that lets these runs in; by the provider where it is another than github.com's, for a role may trust
    /// several.</summary>
    private async Task<Advice> WithProviderAsync(string cmdlet, SetupRequest wanted, CancellationToken cancellationToken)
    {
        Advice advice = Advice.Run(cmdlet, wanted.GitHubRepository).With("-RoleName", wanted.RoleName);
        if (wanted.Issuer is null) return advice;
        return advice.With("-ProviderArn",
            GitHubProvider.ForUrl(wanted.Issuer, aws.Partition, await aws.GetAccountAsync(cancellationToken).ConfigureAwait(false)).Arn);
    }

    private async Task<SetupCheck> GrantAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        string arn = _repository?.RepositoryArn
            ?? await new RepositoryArns(aws).FindAsync(wanted.RepositoryName, null, mustExist: false, cancellationToken)
                .ConfigureAwait(false);
        CiGrant grant = CiGrant.For(arn, null, null, wanted.TaskRoles) with { IncludeDeploy = wanted.IncludeDeploy };
        CiPolicyPlan plan = await new CiPolicyService(aws.Iam)
            .PlanGrantAsync(new(wanted.RoleName, wanted.PolicyName, null), [grant], cancellationToken).ConfigureAwait(false);
        return plan.IsChange
            ? Failed("Grant", $"The policy {wanted.PolicyName} of {wanted.RoleName} does not allow everything that a push and a " +
                "deployment need",
                Advice.Run("Grant-PizzaCiPolicy", wanted.RepositoryName.Value).With("-RoleName", wanted.RoleName)
                    .With("-PolicyName", wanted.PolicyName)
                    .With("-TaskRole", wanted.TaskRoles is [Defaults.TaskRole] ? [] : wanted.TaskRoles)
                    .Switch("-IncludeDeploy", wanted.IncludeDeploy))
            : Ok("Grant",
                $"{wanted.RoleName} can push and deploy, through " +
                $"{string.Join(", ", plan.Edit.Results.SelectMany(r => r.Sids).Distinct())}");
    }

    private async Task<SetupCheck> ImageAsync(SetupRequest wanted, CancellationToken cancellationToken)
    {
        if (_repository is null) return Unknown("Image", _whyNoRepository!);
        try
        {
            EcrImage image = await new ImageListing(new EcrRepository(aws.Ecr, _repository), _repository, new Progress<string>())
                .GetAsync(Tag, cancellationToken).ConfigureAwait(false);
            return Ok("Image", $"{Tag} is {Short.Digest(image.ImageDigest)}{string.Concat(image.Platform.Select(p => $", {p}"))}");
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.NotFound)
        {
            return Warning("Image", $"No image is tagged {Tag} yet",
                Advice.Run("Publish-PizzaImage", "./dist", wanted.RepositoryName.Value));
        }
    }

    /// <summary>What may not be looked at is unknown; any other trouble is the finding. Credentials that do not work end the
    /// search.</summary>
    private static async Task<(SetupCheck Found, bool IsRefused)> TryAsync(string check, Func<Task<SetupCheck>> look)
    {
        try { return (await look().ConfigureAwait(false), false); }
        catch (PizzaException e)
        {
            SetupStatus status = e.Kind is PizzaErrorKind.PermissionDenied or PizzaErrorKind.Unavailable && check != "Credentials"
                ? SetupStatus.Unknown : SetupStatus.Failed;
            return (new() { Check = check, Status = status, Finding = e.Message },
                e.Kind == PizzaErrorKind.Authentication || (check == "Credentials" && status == SetupStatus.Failed));
        }
    }

    private static SetupCheck Ok(string check, string finding) => new() { Check = check, Status = SetupStatus.Ok, Finding = finding };

    private static SetupCheck Warning(string check, string finding, Advice next) =>
        new() { Check = check, Status = SetupStatus.Warning, Finding = finding, NextStep = $"{next}" };

    private static SetupCheck Failed(string check, string finding, Advice next) =>
        new() { Check = check, Status = SetupStatus.Failed, Finding = finding, NextStep = $"{next}" };

    private static SetupCheck Unknown(string check, string finding) =>
        new() { Check = check, Status = SetupStatus.Unknown, Finding = finding };
}
