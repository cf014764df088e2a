using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Base of the cmdlets that call AWS in one region: where to call, and as whom.</summary>
public abstract class AwsCmdlet : AwsCallerCmdlet
{
    /// <summary>The AWS region, for example us-east-1. Default: $StoredAWSRegion of AWS.Tools, then AWS_REGION, the profile's region, and
    /// us-east-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("RegionToCall")]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>The clients for the record at hand.</summary>
    private protected AwsSession Aws => SessionFor(Typed());

    /// <summary>What the record at hand says about where to call and as whom.</summary>
    private protected AwsOptions Typed() => Typed(Region);
}
