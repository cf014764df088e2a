using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Services.Scanning;

/// <summary>Findings of image scans, waited for and begun where wanted.</summary>
/// <param name="ecr">The registry.</param>
/// <param name="region">Its region.</param>
/// <param name="verbose">Receives what a user sees with -Verbose.</param>
internal sealed class ScanService(EcrClient ecr, string region, Action<string> verbose)
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));

    // A scan on push is not there in the very moment of the push.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);

    /// <summary>What a scan has found; nothing when the image is clean.</summary>
    /// <param name="request">Which image.</param>
    /// <param name="progress">Told of each look.</param>
    /// <param name="cancellationToken">Ends the calls and the waiting.</param>
    /// <exception cref="PizzaException">
    /// <c>ScanNotFoundException</c>, <c>ScanInProgress</c>, <c>ScanTimeout</c>, <c>ScanFailed</c>, <c>ImageNotScannable</c>,
    /// <c>ImageNotFoundException</c>, <c>RepositoryNotFoundException</c>.
    /// </exception>
    public async Task<IReadOnlyList<ScanFinding>> FindAsync(
        ScanRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        bool started = false;
        Poll poll = new(TimeProvider.System, request.Patience ?? TimeSpan.Zero, s_backoff);
        while (true)
        {
            ScanPage? page = await FirstPageAsync(request, cancellationToken).ConfigureAwait(false);
            if (page is null && request.Start && !started)
            {
                await StartAsync(request, cancellationToken).ConfigureAwait(false);
                started = true;
                continue;
            }
            if (IsDone(page, request)) return await ReadAsync(request, page!, cancellationToken).ConfigureAwait(false);
            if (page is null && !started && (poll.IsOver || poll.Elapsed >= s_grace))
                throw await NoScanAsync(request, cancellationToken).ConfigureAwait(false);
            if (request.Patience is not { } patience) throw InProgress(request);
            if (poll.IsOver) throw TimedOut(request, patience);
            progress.Report($"{request.Name}: {page?.ImageScanStatus?.Status ?? "waiting for the scan to start"}");
            await poll.NextAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null when there is no scan.</summary>
    private async Task<ScanPage?> FirstPageAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await ecr.DescribeImageScanFindingsAsync(request.RepositoryName, request.Image, null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.ErrorId == "ScanNotFoundException") { return null; }
    }

    private async Task StartAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await ecr.StartImageScanAsync(request.RepositoryName, request.Image, cancellationToken).ConfigureAwait(false);
            verbose($"{request.Name}: a scan has started.");
        }
        catch (PizzaException e)
            when (e.ErrorId == "UnsupportedImageTypeException")
            {
                throw await NotScannableAsync(request, e.Message, cancellationToken).ConfigureAwait(false);
            }
        catch (PizzaException e) when (e.ErrorId == "ValidationException")
        {
            throw new PizzaException("ScanNotStartable", PizzaErrorKind.InvalidOperation,
                $"ECR did not start a scan of {request.Name}: {e.Message} With enhanced scanning, no scan can be started by hand. " +
                "See Get-PizzaScanning, and have the repository scanned with Set-PizzaScanning -ScanOnPush or -ContinuousScan.",
                    request.Name, e);
        }
        // scanned within 24 hours: its findings are on their way
        catch (PizzaException e) when (e.ErrorId == "LimitExceededException") { verbose($"{request.Name}: {e.Message}"); }
    }

    /// <summary>Whether findings are there.</summary>
    private static bool IsDone(ScanPage? page, ScanRequest request)
    {
        (string? status, string? told) =
            (page?.ImageScanStatus?.Status, page?.ImageScanStatus?.Description is { Length: > 0 } text ? $" ECR says: {text}" : "");
        return status switch
        {
            "COMPLETE" or "ACTIVE" => true,   // ACTIVE: enhanced scanning, which goes on for ever
            null or "IN_PROGRESS" or "PENDING" => false,
            "UNSUPPORTED_IMAGE" =>
                throw NotScannable(request, "ECR cannot scan an image of this kind: it has an unknown operating system or none " +
                    "(FROM scratch), or it is an artifact and not an image." + told),
            "IMAGE_ARCHIVED" => throw NotScannable(request, "It is archived." + told + " Restore it first."),
            "SCAN_ELIGIBILITY_EXPIRED" =>
                throw Failed(request,
                    "its time for enhanced scanning is over (it was pushed or pulled too long ago)." + told
                        + " Push it again to have it scanned."),
            "LIMIT_EXCEEDED" =>
                throw Failed(request,
                    "the account's limit of scans is reached (100,000 in 24 hours and region)." + told + " Try again tomorrow."),
            _ =>
                throw Failed(request,
                    $"it ended as {status}." + told + " Start another one with -StartScan; ECR scans an image once in 24 hours."),
        };
    }

    private async Task<IReadOnlyList<ScanFinding>> ReadAsync(ScanRequest request, ScanPage page, CancellationToken cancellationToken)
    {
        ScanFinding image = new()
        {
            RepositoryName = request.RepositoryName, RegistryId = page.RegistryId ?? "", Region = region,
            ImageDigest = page.ImageId?.ImageDigest ?? request.Image.ImageDigest ?? "",
            ImageTag = request.Image.ImageTag, Severity = FindingSeverity.Undefined, Name = "",
        };
        List<ScanFinding> all = [.. ScanFindings.Of(page.ImageScanFindings, image)];
        while (!string.IsNullOrEmpty(page.NextToken))
        {
            page = await ecr.DescribeImageScanFindingsAsync(request.RepositoryName, request.Image, page.NextToken, cancellationToken)
                .ConfigureAwait(false);
            all.AddRange(ScanFindings.Of(page.ImageScanFindings, image));
        }
        return [.. all.OrderByDescending(f => f.Severity)];
    }

    private async Task<PizzaException> NoScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
        await IsIndexAsync(request, cancellationToken).ConfigureAwait(false)
            ? NotScannable(request, IndexAdvice(request))
            : new("ScanNotFoundException", PizzaErrorKind.NotFound,
                $"{request.Name} has not been scanned. Start a scan with -StartScan, or have images scanned when they are pushed with " +
                $"{Advice.Run("Set-PizzaScanning").With("-ScanOnPush", request.RepositoryName)}.", request.Name);

    private async Task<PizzaException> NotScannableAsync(ScanRequest request, string told, CancellationToken cancellationToken) =>
        NotScannable(request, await IsIndexAsync(request, cancellationToken).ConfigureAwait(false) ? IndexAdvice(request) : told);

    private static string IndexAdvice(ScanRequest request) =>
        "It is an index, one name for the images of several platforms, and ECR scans those: " +
        $"{Advice.Run("Get-PizzaImage", request.RepositoryName).Switch("-IncludeChildren")} | Where-Object ParentDigest | " +
        "Get-PizzaScanFinding";

    private async Task<bool> IsIndexAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ImageDetail detail in ecr.DescribeImagesAsync(request.RepositoryName, [request.Image], cancellationToken)
                .ConfigureAwait(false))
                return MediaTypes.IsIndex(detail.ImageManifestMediaType);
        }
        catch (PizzaException e) when (e.Kind == PizzaErrorKind.PermissionDenied) { }
        return false;
    }

    private static PizzaException NotScannable(ScanRequest request, string why) =>
        new("ImageNotScannable", PizzaErrorKind.InvalidOperation, $"{request.Name} cannot be scanned. {why}", request.Name);

    private static PizzaException Failed(ScanRequest request, string why) =>
        new("ScanFailed", PizzaErrorKind.OperationFailed, $"The scan of {request.Name} returns nothing: {why}", request.Name);

    private static PizzaException InProgress(ScanRequest request) =>
        new("ScanInProgress", PizzaErrorKind.Unavailable, $"{request.Name} is being scanned at this moment. Wait for the end with -Wait.",
            request.Name);

    private static PizzaException TimedOut(ScanRequest request, TimeSpan patience) => new("ScanTimeout", PizzaErrorKind.Unavailable,
        $"The scan of {request.Name} did not end within {patience.TotalSeconds:0} seconds. " +
        "Wait longer with -TimeoutSec, or ask again later.", request.Name);
}
