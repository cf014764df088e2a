using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Signs a job of GitHub Actions in to AWS: assumes an IAM role by the job's own token, without any stored key.</summary>
/// <remarks>
/// <para>Asks GitHub for the token of this run (the job needs 'permissions: id-token: write'), and AWS for temporary credentials of the
/// role. They go into the environment variables of this process, where later cmdlets, AWS.Tools, the AWS CLI and docker's helpers find
/// them, and end with it; Disconnect-PizzaAws takes them back before. With -ForLaterSteps the later steps of the job get them as
/// well.</para>
/// <para>In GitHub Actions the runner is told to mask the token and the credentials in the job's log. Neither is shown or returned.</para>
/// <para>When AWS refuses, the error tells the subject that the token carries; if the role may be read, also which clause of its trust
/// policy refuses it. AWS sees changes of IAM late, so a refusal is asked again for some seconds.</para>
/// </remarks>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws -RoleName github-ci -Account $env:AWS_ACCOUNT -Region us-east-1; Publish-PizzaImage ./dist -RepositoryName jwt-pizza-service</code>
/// In a step with 'shell: pwsh': signs in and pushes.
/// </example>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws -RoleArn arn:aws:iam::123456789012:role/ci/github-ci -DurationSeconds 900 -ForLaterSteps</code>
/// For a quarter of an hour, for the steps after this one too.
/// </example>
/// <example>
/// <code>(New-PizzaSandboxToken my-account/jwt-pizza -AsVariable).GetEnumerator() | ForEach-Object { Set-Item "Env:$($_.Key)" $_.Value }; Connect-PizzaAws</code>
/// Tries it in the sandbox, as a job of that repository: the next cmdlets have the rights of github-ci and no more, if the sandbox was
/// started with -Enforce.
/// </example>
[Cmdlet(VerbsCommunications.Connect, "PizzaAws")]
[OutputType(typeof(ConnectedRole))]
public sealed partial class ConnectPizzaAwsCommand : AwsCmdlet
{
    /// <summary>The role, by name (with its path, if it has one: ci/github-ci) or by ARN. Default: github-ci.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>The role by ARN; instead of -RoleName and -Account.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RoleArn { get; set; }

    /// <summary>The 12 digits of the role's account. Default: the environment variable AWS_ACCOUNT; with a running sandbox, the
    /// sandbox's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegistryId")]
    public string? Account { get; set; }

    /// <summary>Whom the token is for. Default: sts.amazonaws.com (in China sts.amazonaws.com.cn).</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>How long the credentials last: 900 to 43200 seconds, and not longer than the role allows. Default: one hour.</summary>
    [Parameter]
    [Alias("Duration")]
    [ValidateRange(900, 43200)]
    public int? DurationSeconds { get; set; }

    /// <summary>The session's name, which CloudTrail shows: 2 to 64 letters, digits and '_+=,.@-'. Default: the repository's name and the
    /// run's number.</summary>
    [Parameter]
    [Alias("RoleSessionName")]
    [ValidatePattern(@"\A[A-Za-z0-9_+=,.@-]{2,64}\z")]
    public string? SessionName { get; set; }

    /// <summary>How many seconds to go on asking after a refusal, because changes of IAM are seen late. Default: 10.</summary>
    [Parameter]
    [ValidateRange(0, 240)]
    public int RetrySeconds { get; set; } = 10;

    /// <summary>Write the variables to GITHUB_ENV too, so that the later steps of the job have them.</summary>
    [Parameter]
    public SwitchParameter ForLaterSteps { get; set; }

    private protected override bool TakesSeveral => false;

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        string? file = ForLaterSteps ? LaterSteps() : null;
        string audience = Audience ?? GitHubProvider.UsualAudience(Aws.Partition);
        WebIdentityRequest request = new(Arn(), SessionName ?? UsualSession(), DurationSeconds);
        string token = await new ActionsTokenClient(System.Environment.GetEnvironmentVariable).GetAsync(audience, cancellationToken);
        Mask(token);
        string subject = GitHubToken.Read(token).Subject;
        WriteVerbose($"The token's subject is '{subject}', its audience '{audience}'.");
        AssumedRole role = await new WebIdentityService(Aws, TimeSpan.FromSeconds(RetrySeconds), TimeProvider.System)
            .AssumeAsync(request, token, cancellationToken);
        Mask(role.AccessKeyId, role.SecretAccessKey, role.SessionToken);
        IReadOnlyDictionary<string, string> variables = SessionEnvironment.Set(role, CurrentRegion);
        if (file is not null) await File.AppendAllLinesAsync(file, variables.Select(v => $"{v.Key}={v.Value}"), cancellationToken);
        WriteVerbose($"{string.Join(", ", variables.Keys)} are set for {role.Arn}, until {role.ExpiresAt:u}.");
        if (SessionState.PSVariable.GetValue("StoredAWSCredentials") is not null)
            WriteWarning(
                "$StoredAWSCredentials of AWS.Tools is set, and goes before the environment. " +
                "Clear it with Clear-AWSCredential, so that the role is used.");
        WriteObject(
            new ConnectedRole
            {
                RoleArn = request.RoleArn, AssumedRoleArn = role.Arn, Subject = subject, Audience = audience,
                AccessKeyId = role.AccessKeyId, ExpiresAt = role.ExpiresAt,
            });
    }

    /// <summary>For the runner, which reads what the process writes. Not by way of the host: a transcript would keep it.</summary>
    private static void Mask(params string[] secrets)
    {
        if (System.Environment.GetEnvironmentVariable("GITHUB_ACTIONS") != "true") return;
        foreach (string secret in secrets) Console.Out.WriteLine($"::add-mask::{secret}");
    }

    private string Arn()
    {
        string text = RoleArn
            ?? (Ecr.Arn.IsMeant(RoleName)
                ? RoleName : $"{Ecr.Arn.OfIam(Aws.Partition, AccountId.Check(AccountOfRole()), $"role/{RoleName.TrimStart('/')}")}");
        return RolePattern().IsMatch(text) ? text : throw ErrorCatalog.InvalidRoleName(RoleArn ?? RoleName,
            "give a name such as 'github-ci', with the 12 digits of its account in -Account, or " +
            "an ARN such as 'arn:aws:iam::123456789012:role/github-ci'.");
    }

    private string AccountOfRole() => Account ?? CalledSandbox?.Info.RegistryId ?? Variable("AWS_ACCOUNT")
        ?? throw new PizzaException("AccountUnknown", PizzaErrorKind.InvalidArgument,
            $"In which account is the role '{RoleName}'? Without credentials AWS cannot be asked. " +
            "Give its 12 digits with -Account (or in AWS_ACCOUNT), or the role by -RoleArn.", RoleName);

    private static string LaterSteps() => Variable("GITHUB_ENV") ?? throw new PizzaException("NoGitHubEnv", PizzaErrorKind.InvalidOperation,
        "-ForLaterSteps needs the file that GITHUB_ENV names, and that is not set; only a job of GitHub Actions has one.");

    private static string UsualSession()
    {
        string name = NotInSession()
            .Replace($"{Variable("GITHUB_REPOSITORY")?.Split('/')[^1] ?? "JwtPizza.Ecr"}-{Variable("GITHUB_RUN_ID") ?? "local"}", "-");
        return name.Length <= 64 ? name : name[^64..];
    }

    private static string? Variable(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    [GeneratedRegex(@"\Aarn:[a-z0-9-]+:iam::\d{12}:role/([\x21-\x7e]+/)?[\w+=,.@-]{1,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex RolePattern();

    [GeneratedRegex("[^A-Za-z0-9_+=,.@-]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInSession();
}
