using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Scanning;

namespace JwtPizza.Ecr.Cmdlets.Scanning;

/// <summary>Gets the known vulnerabilities that a scan found in images of Amazon ECR.</summary>
/// <remarks>
/// <para>Each row is a finding, the worst first; an image without findings gives none. Findings of basic and of enhanced scanning (Amazon
/// Inspector) have the same form. Severity is ordered, so that Where-Object Severity -ge High works.</para>
/// <para>With -Wait the end of a scan is waited for, also that of a scan on push which has not begun yet. With -StartScan a scan is begun
/// when there is none; ECR scans an image once in 24 hours. An index (one tag for several platforms) cannot be scanned, only its images;
/// and ECR knows no images without an operating system (FROM scratch). Both is said in the error.</para>
/// <para>-FailOn is for CI: all findings are handed on, and then the command ends with the terminating error ScanFindingsAtOrAbove, when
/// one of them is at or above the severity, or when an image could not be checked.</para>
/// </remarks>
/// <example needs="docker">
/// <code>Publish-PizzaImage ./dist jwt-pizza-service | Get-PizzaScanFinding -Wait -FailOn High</code>
/// A step of a pipeline that fails when the image that was just pushed has a HIGH or CRITICAL finding.
/// </example>
/// <example>
/// <code>Get-PizzaScanFinding jwt-pizza-service -Tag v1.2 -StartScan -Wait | Group-Object Severity -NoElement</code>
/// How many findings an image has of each severity.
/// </example>
/// <example>
/// <code>Get-PizzaImage team-a/* -Tag latest | Get-PizzaScanFinding -ErrorAction SilentlyContinue | Where-Object Severity -ge High | Sort-Object Name -Unique</code>
/// The worst findings of a team, each once.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaScanFinding")]
[OutputType(typeof(ScanFinding))]
public sealed class GetPizzaScanFindingCommand : RepositoryCmdlet
{
    private readonly Counts _counts = new();

    /// <summary>Begin a scan when the image has not been scanned; with basic scanning.</summary>
    [Parameter]
    public SwitchParameter StartScan { get; set; }

    /// <summary>Wait for the end of a scan that is under way, or about to begin.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How many seconds to wait at most for each image; 300 unless you say otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>End with an error when a finding is of this severity or a worse one: Critical, High, Medium, Low, Informational or
    /// Undefined.</summary>
    [Parameter]
    public FindingSeverity FailOn { get; set; }

    /// <summary>The tag of the image; a digest counts more. Default: latest.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Tag")]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string? ImageTag { get; set; }

    /// <summary>The digest of the image; an image from the pipeline brings it.</summary>
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
                "Build the image anew on a base image that is mended, or leave -FailOn out to see the findings only."));
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
