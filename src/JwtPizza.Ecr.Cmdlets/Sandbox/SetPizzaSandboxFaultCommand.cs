using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Cmdlets.Sandbox;

/// <summary>Makes the sandbox answer calls with errors, slowly, or not at all, to see whether a script bears it.</summary>
/// <remarks>
/// <para>Every client meets the fault: Pizza cmdlets, AWS CLI, boto3, Terraform, docker. The error comes as the protocol shapes it: JSON
/// for ECR, XML for IAM and STS, the registry's own form for docker.</para>
/// <para>Of -Error and -Status one is enough; AWS's counterpart is taken for the other. Clients of AWS retry throttling and 5xx by
/// themselves, mostly up to three attempts in all: with -Count 2 such a client succeeds on the third.</para>
/// <para>A fault stays until -Count calls have met it, until Remove-PizzaSandboxFault, or until another is set for the same -Operation.
/// Calls that are refused for their credentials meet none. Several faults that fit one call strike in the order in which they were set, up
/// to the first that ends the call.</para>
/// </remarks>
/// <example>
/// <code>Set-PizzaSandboxFault PutImage -Error ThrottlingException -Count 3</code>
/// The next three calls of PutImage are throttled.
/// </example>
/// <example needs="docker">
/// <code>Set-PizzaSandboxFault PutManifest -Status 500 -Count 1; docker push $repository.RepositoryUri</code>
/// What does docker do when the registry fails in the last step of a push?
/// </example>
/// <example>
/// <code>Set-PizzaSandboxFault * -Latency 250; Set-PizzaSandboxFault iam:* -DropConnection -Share 0.2 -Seed 7</code>
/// A slow network, and an IAM that does not answer one call of five.
/// </example>
/// <example>
/// <code>Set-PizzaSandboxFault CreateRepository -DropAnswer -Count 1</code>
/// The repository is created, and the client gets no answer. Does a script take its own success for a failure?
/// </example>
[Cmdlet(VerbsCommon.Set, "PizzaSandboxFault", SupportsShouldProcess = true)]
public sealed class SetPizzaSandboxFaultCommand : PizzaCmdlet
{
    /// <summary>The calls to strike, with * and ?: operations of AWS (PutImage, Get*), with their service before them if need be (iam:*),
    /// and of the registry: Ping, GetManifest, HeadManifest, PutManifest, GetBlob, HeadBlob, UploadBlob, ListTags, DownloadLayer.
    /// Get-PizzaSandboxCall shows how the calls of a client are named.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(OperationCompleter))]
    public string[] Operation { get; set; } = [];

    /// <summary>The error code to answer with: one of AWS (ThrottlingException, Throttling for IAM), or of the registry
    /// (TOOMANYREQUESTS).</summary>
    [Parameter]
    [Alias("ErrorCode")]
    [ArgumentCompleter(typeof(FaultErrorCompleter))]
    public string? Error { get; set; }

    /// <summary>The HTTP status to answer with.</summary>
    [Parameter]
    [ValidateRange(400, 599)]
    public int? Status { get; set; }

    /// <summary>Closes the connection instead of answering.</summary>
    [Parameter]
    public SwitchParameter DropConnection { get; set; }

    /// <summary>Carries the call out, and closes the connection instead of answering: the client cannot know whether its change was
    /// made.</summary>
    [Parameter]
    public SwitchParameter DropAnswer { get; set; }

    /// <summary>How long to wait before the answer, or before the error: milliseconds, or a TimeSpan; at most 10 minutes.</summary>
    [Parameter]
    [Milliseconds]
    public TimeSpan Latency { get; set; }

    /// <summary>How many calls meet the fault before it is over. Default: all until it is removed.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>The share of the calls that meet the fault: 0.2 is one of five. Default: all.</summary>
    [Parameter]
    public double Share { get; set; } = 1;

    /// <summary>Chooses which calls -Share takes; with the same seed they are the same ones in the next run.</summary>
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
