using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Cmdlets.Scanning;

/// <summary>Gets the known vulnerabilities that a scan found in images in Amazon ECR.</summary>
/// <remarks>
/// <para>Each output object is a finding, the most severe first. An image without findings returns nothing. Findings of basic scanning and
/// of enhanced scanning (Amazon Inspector) have the same form. Severity is ordered, so that Where-Object Severity -ge High works.</para>
/// <para>With -Wait, the cmdlet waits for the end of a scan, including a scan on push that has not started yet. With -StartScan, it starts
/// a scan if there is none; ECR scans an image once in 24 hours. ECR cannot scan an index (one tag for several platforms), only its images.
/// It does not support images without an operating system (FROM scratch). The error reports both cases.</para>
/// <para>-FailOn is for CI. The cmdlet returns all findings first. It then ends with the terminating error ScanFindingsAtOrAbove if a
/// finding is at or above the severity, or if an image could not be checked.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service | Get-PizzaScanFinding -Wait -FailOn High</code>
/// Fails a pipeline step if the image that was just pushed has a HIGH or CRITICAL finding.
/// </example>
/// <example>
/// <code>Get-PizzaScanFinding jwt-pizza-service -Tag v1.2 -StartScan -Wait | Group-Object Severity -NoElement</code>
/// Counts the findings of an image by severity.
/// </example>
/// <example>
/// <code>Get-PizzaImage team-a/* -Tag latest | Get-PizzaScanFinding -ErrorAction SilentlyContinue | Where-Object Severity -ge High | Sort-Object Name -Unique</code>
/// Shows the most severe findings of a team, each once.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaScanFinding")]
[OutputType(typeof(ScanFinding))]
public sealed class GetPizzaScanFindingCommand : RepositoryCmdlet
{
    private readonly Counts _counts = new();

    /// <summary>Indicates that the cmdlet starts a scan if the image has not been scanned. This works with basic scanning.</summary>
    [Parameter]
    public SwitchParameter StartScan { get; set; }

    /// <summary>Indicates that the cmdlet waits for the end of a scan that is in progress or about to start.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Specifies the maximum number of seconds to wait for each image. The default is 300.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>Specifies the severity at which the cmdlet fails: a finding of this or a higher severity is an error. The values are
    /// Critical, High, Medium, Low, Informational, and Undefined.</summary>
    [Parameter]
    public FindingSeverity FailOn { get; set; }

    /// <summary>Specifies the tag of the image. If a digest is also specified, the digest takes precedence. The default is
    /// latest.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Tag")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string? ImageTag { get; set; }

    /// <summary>Specifies the digest of the image. An image from the pipeline supplies it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Digest")]
    public string? ImageDigest { get; set; }

    private protected override async Task ProcessAsync(RepositoryName name, CancellationToken cancellationToken)
    {
        ScanRequest request = new(name.Value, ImageId.Of(ImageTag, ImageDigest))
        {
            Start = StartScan, Patience = Wait ? TimeSpan.FromSeconds(TimeoutSec) : null,
        };
        IReadOnlyList<ScanFinding> findings;
        try { findings = await FindAsync(request, cancellationToken); }
        catch (PizzaException e) when (!EndsPipeline(e))
        {
            _counts.Unchecked++;
            throw;
        }
        int tooBad = findings.Count(f => f.Severity >= FailOn);
        _counts.TooBad += tooBad;
        _counts.Images += Math.Sign(tooBad);
        string counts = string.Join(", ", findings.GroupBy(f => f.Severity).Select(g => $"{g.Count()} {g.Key}"));
        WriteVerbose($"{request.Name}: {(counts.Length > 0 ? counts : "no findings")}.");
        WriteAll(findings);
    }

    private protected override Task EndAsync(CancellationToken cancellationToken)
    {
        if (IsBound(nameof(FailOn)) && _counts.TooBad + _counts.Unchecked > 0)
        {
            string bad = _counts.TooBad > 0
                ? $"{_counts.TooBad} finding{(_counts.TooBad == 1 ? "" : "s")} of severity {FailOn} or worse in {_counts.Images} " +
                    $"image{(_counts.Images == 1 ? "" : "s")}" : "";
            string blind = _counts.Unchecked > 0
                ? $"{_counts.Unchecked} image{(_counts.Unchecked == 1 ? "" : "s")} could not be checked" : "";
            Terminate(new("ScanFindingsAtOrAbove", PizzaErrorKind.InvalidData,
                $"{string.Join(", and ", new[] { bad, blind }.Where(t => t.Length > 0))}. " +
                "Build the image again on a base image that is fixed, or leave -FailOn out to see the findings only."));
        }
        return Task.CompletedTask;
    }

    private Task<IReadOnlyList<ScanFinding>> FindAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ProgressRecord bar = new(1, "Waiting for a scan", request.Name);
        IProgress<string> verbose = new Progress<string>(WriteVerbose);
        return WithBarAsync<string, IReadOnlyList<ScanFinding>>(bar, text => bar.StatusDescription = text,
            progress => new ScanService(Registry, Aws.Region, verbose.Report).FindAsync(request, progress, cancellationToken));
    }

    /// <summary>Of all images; shared by the copies of the cmdlet that look at them.</summary>
    private sealed class Counts
    {
        public int TooBad { get; set; }

        public int Images { get; set; }

        public int Unchecked { get; set; }
    }
}
