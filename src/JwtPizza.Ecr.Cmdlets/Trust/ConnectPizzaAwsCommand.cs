using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Cmdlets.Trust;

/// <summary>Signs a GitHub Actions job in to AWS by assuming an IAM role with the job's own token, without a stored key.</summary>
/// <remarks>
/// <para>The cmdlet requests the token of this run from GitHub, and temporary credentials of the role from AWS. The job needs 'permissions:
/// id-token: write'. The credentials are set in environment variables of this process, where later cmdlets, AWS.Tools, the AWS CLI, and
/// docker's helpers find them. They end with the process, or earlier with Disconnect-PizzaAws. With -ForLaterSteps, the later steps of the
/// job get them too.</para>
/// <para>In GitHub Actions, the cmdlet has the runner mask the token and the credentials in the job's log. Neither is shown or
/// returned.</para>
/// <para>If AWS denies the request, the error shows the subject of the token. If the role can be read, the error also shows which condition
/// of its trust policy denies the token. AWS sees IAM changes with a delay, so the cmdlet retries a denied request for some seconds.</para>
/// </remarks>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws -RoleName github-ci -Account $env:AWS_ACCOUNT -Region us-east-1; Publish-PizzaImage ./dist -RepositoryName jwt-pizza-service</code>
/// Signs in and pushes an image, in a step with 'shell: pwsh'.
/// </example>
/// <example needs="GitHub Actions">
/// <code>Connect-PizzaAws -RoleArn arn:aws:iam::123456789012:role/ci/github-ci -DurationSeconds 900 -ForLaterSteps</code>
/// Signs in for 15 minutes, for the later steps of the job too.
/// </example>
/// <example>
/// <code>(New-PizzaSandboxToken my-account/jwt-pizza -AsVariable).GetEnumerator() | ForEach-Object { Set-Item "Env:$($_.Key)" $_.Value }; Connect-PizzaAws</code>
/// Signs in to the sandbox as a job of that repository. If the sandbox was started with -Enforce, the next cmdlets have only the
/// permissions of github-ci.
/// </example>
[Cmdlet(VerbsCommunications.Connect, "PizzaAws")]
[OutputType(typeof(ConnectedRole))]
public sealed partial class ConnectPizzaAwsCommand : AwsCmdlet
{
    /// <summary>Specifies the IAM role, by name (with its path, if any: ci/github-ci) or by ARN. The default is github-ci.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string RoleName { get; set; } = Defaults.RoleName;

    /// <summary>Specifies the IAM role by ARN, instead of -RoleName and -Account.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RoleArn { get; set; }

    /// <summary>Specifies the account of the role, by its 12 digits. The default is the environment variable AWS_ACCOUNT, or the sandbox's
    /// account while a sandbox runs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegistryId")]
    public string? Account { get; set; }

    /// <summary>Specifies the audience of the token. The default is sts.amazonaws.com, or sts.amazonaws.com.cn in the China
    /// Regions.</summary>
    [Parameter]
    public string? Audience { get; set; }

    /// <summary>Specifies how long the credentials are valid: 900 to 43200 seconds, but not longer than the role allows. The default is one
    /// hour.</summary>
    [Parameter]
    [Alias("Duration")]
    [ValidateRange(900, 43200)]
    public int? DurationSeconds { get; set; }

    /// <summary>Specifies the session name, which CloudTrail shows: 2 to 64 letters, digits, and '_+=,.@-'. The default is the repository's
    /// name and the run's number.</summary>
    [Parameter]
    [Alias("RoleSessionName")]
    [ValidatePattern(@"\A[A-Za-z0-9_+=,.@-]{2,64}\z")]
    public string? SessionName { get; set; }

    /// <summary>Specifies how many seconds to retry a denied request, because IAM changes become visible with a delay. The default is
    /// 10.</summary>
    [Parameter]
    [ValidateRange(0, 240)]
    public int RetrySeconds { get; set; } = 10;

    /// <summary>Indicates that the cmdlet also writes the variables to GITHUB_ENV, so that the later steps of the job have them.</summary>
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
                "$StoredAWSCredentials of AWS.Tools is set, and takes precedence over the environment. " +
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
            $"The account of the role '{RoleName}' is not known, because there are no credentials to look it up with. " +
            "Give its 12 digits with -Account (or in AWS_ACCOUNT), or the role by -RoleArn.", RoleName);

    private static string LaterSteps() => Variable("GITHUB_ENV") ?? throw new PizzaException("NoGitHubEnv", PizzaErrorKind.InvalidOperation,
        "GITHUB_ENV is not set, and -ForLaterSteps writes to the file that it names. Only a GitHub Actions job has one.");

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
