using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Sets faults in the sandbox, so that calls fail, are slow, or get no answer, to test whether a script handles them.</summary>
/// <remarks>
/// <para>The fault affects every client: Pizza cmdlets, the AWS CLI, boto3, Terraform, and docker. The error has the format of the
/// protocol: JSON for ECR, XML for IAM and STS, and the registry's own format for docker.</para>
/// <para>You need only one of -Error and -Status. The sandbox uses AWS's counterpart for the other. AWS clients retry throttling and 5xx
/// errors themselves, usually for up to three attempts in all. With -Count 2, such a client succeeds on the third attempt.</para>
/// <para>A fault remains until it has affected -Count calls, until you run Remove-PizzaSandboxFault, or until you set another fault for the
/// same -Operation. Calls that are denied because of their credentials are not affected. Several faults that match a call apply in the
/// order in which they were set, up to the first one that ends the call.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaSandboxFault PutImage -Error ThrottlingException -Count 3</code>
/// Throttles the next three PutImage calls.
/// </example>
/// <example needs="docker">
/// <code>Set-PizzaSandboxFault PutManifest -Status 500 -Count 1; docker push $repository.RepositoryUri</code>
/// Shows what docker does when the registry fails in the last step of a push.
/// </example>
/// <example>
/// <code>Set-PizzaSandboxFault * -Latency 250; Set-PizzaSandboxFault iam:* -DropConnection -Share 0.2 -Seed 7</code>
/// Simulates a slow network, and an IAM service that does not answer one call in five.
/// </example>
/// <example>
/// <code>Set-PizzaSandboxFault CreateRepository -DropAnswer -Count 1</code>
/// Drops the answer to one CreateRepository call after the repository is created, to test whether a script mistakes its own success for a
/// failure.
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaSandboxFault", SupportsShouldProcess = true)]
public sealed class SetPizzaSandboxFaultCommand : PizzaCmdlet
{
    /// <summary>Specifies the calls that the fault affects. AWS operations (PutImage, Get*) can have their service as a prefix (iam:*). The
    /// registry operations are Ping, GetManifest, HeadManifest, PutManifest, GetBlob, HeadBlob, UploadBlob, ListTags, and DownloadLayer.
    /// The wildcards * and ? are supported. Get-PizzaSandboxCall shows the operation names of a client's calls.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Operation { get; set; } = [];

    /// <summary>Specifies the error code of the answer: an AWS error code (ThrottlingException, or Throttling for IAM) or a registry error
    /// code (TOOMANYREQUESTS).</summary>
    [Parameter]
    [Alias("ErrorCode")]
    [ArgumentCompleter(typeof(FaultErrorCompleter))]
    public string? Error { get; set; }

    /// <summary>Specifies the HTTP status of the answer.</summary>
    [Parameter]
    [ValidateRange(400, 599)]
    public int? Status { get; set; }

    /// <summary>Indicates that the sandbox closes the connection instead of answering.</summary>
    [Parameter]
    public SwitchParameter DropConnection { get; set; }

    /// <summary>Indicates that the sandbox carries out the call and then closes the connection instead of answering. The client cannot know
    /// whether its change was made.</summary>
    [Parameter]
    public SwitchParameter DropAnswer { get; set; }

    /// <summary>Specifies how long the sandbox waits before the answer or the error, in milliseconds or as a TimeSpan. The maximum is 10
    /// minutes.</summary>
    [Parameter]
    [Milliseconds]
    public TimeSpan Latency { get; set; }

    /// <summary>Specifies how many calls the fault affects before it ends. The default is all calls until you remove the fault.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Specifies the share of the calls that the fault affects: 0.2 is one in five. The default is 1, all calls.</summary>
    [Parameter]
    public double Share { get; set; } = 1;

    /// <summary>Specifies the seed that selects the calls for -Share. The same seed selects the same calls in the next run.</summary>
    [Parameter]
    public int Seed { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        ISandbox sandbox = RunningSandbox.Needed("to make faults in");
        foreach (string operation in Operation) await TryAsync(() => SetAsync(sandbox, operation), operation);
    }

    private Task SetAsync(ISandbox sandbox, string operation)
    {
        if (ShouldProcess(operation, "Set fault"))
        {
            sandbox.SetFault(new()
            {
                Operation = operation, Error = Error, Status = Status, DropConnection = DropConnection, DropAnswer = DropAnswer,
                Latency = Latency, Count = Count, Share = Share, Seed = Seed,
            });
        }
        return Task.CompletedTask;
    }
}
