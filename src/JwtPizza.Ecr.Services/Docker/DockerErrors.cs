using System.Text.RegularExpressions;
using static JwtPizza.Ecr.PizzaErrorKind;
using static JwtPizza.Ecr.Services.Docker.BuildSide;
using static JwtPizza.Ecr.Services.Docker.NextMove;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>
/// The one table from docker's words to ours. Old engines pass the registry's message on; those with the containerd image store give no
/// more than the status, and then the cause is asked of ECR. Substrings, not prefixes: each version of buildx puts other words before them.
/// </summary>
internal static class DockerErrors
{
    /// <summary>The error for a docker that ended well and did not say what it made.</summary>
    public static PizzaException MetadataMissing(string what, string? target = null, Exception? cause = null) =>
        new("DockerMetadataMissing", InvalidData,
        $"{what}. Is the program 'docker' on the PATH really docker with buildx ('docker buildx version')?", target, cause);

    private sealed record Row(BuildSide? Side, string Pattern, string Id, PizzaErrorKind Kind, string Message, NextMove Next = Tell);

    // {0} repository, {1} registry host, {2} what the pattern's first group caught. First match wins.
    private static readonly Row[] s_rows =
    [
        // The engine
        new(null,
            @"(?:Cannot connect to the Docker daemon at|failed to connect to the docker API at|error during connect:[^\n]*?) ?([a-z]+://[^\s;,""]+?)?(?:\. Is the|[\s;,""]|$)", "DockerDaemonUnreachable", Unavailable,
            "No docker engine answers at {2}. Start it (Docker Desktop, or 'sudo systemctl start docker'), or choose another with " +
            "'docker context use' or DOCKER_HOST."),
        new(null, "permission denied while trying to connect to the (?:Docker daemon|docker API)", "DockerPermissionDenied",
            PermissionDenied,
            "You do not have permission to use the docker engine. On Linux add yourself to the group that owns its socket ('sudo usermod " +
            "-aG docker $USER', then log in again)."),
        new(Engine, @"context ""([^""]*)"": context not found", "DockerContextNotFound", NotFound,
            "docker has no context '{2}'. 'docker context ls' lists those it has; DOCKER_CONTEXT or 'docker context use' choose one."),
        new(Engine, @"no builder ""([^""]*)"" found", "BuilderNotFound", NotFound,
            "buildx has no builder '{2}'. 'docker buildx ls' lists those it has; leave -Builder out to use the current one."),
        new(Engine,
            @"unknown command: docker buildx|'buildx' is not a docker command|unknown (?:shorthand )?flag: (?:--platform|--progress|--push|--metadata-file)", "BuildxMissing", NotFound,
            "This docker has no buildx (or is podman in docker's name, which cannot push while it builds). Install the plugin: " +
            "https://github.com/docker/buildx#installing."),
        new(Engine, @"unknown flag: --(?:provenance|sbom)|invalid progress mode rawjson", "BuildxTooOld", InvalidOperation,
            "This buildx is too old: 0.13 or later is needed ('docker buildx version'). Update it: " +
            "https://github.com/docker/buildx#installing."),
        new(null, @"(Multi-platform build|Attestation|Cache export|OCI exporter) is not supported for the docker driver",
            "BuilderNotCapable", InvalidOperation,
            "{2} is not possible with this builder. Turn on docker's containerd image store, or create another builder " +
            "(Initialize-PizzaBuilder pizza -Create) and name it with -Builder pizza."),
        new(null, "no space left on device", "DiskFull", LimitExceeded, "The disk of the docker engine is full. " +
            "'docker system df' shows what uses the space, 'docker system prune' and 'docker builder prune' free it."),
        new(null, @"error getting credentials - err: exec: ""([^""]+)"": executable file not found", "CredentialHelperMissing", NotFound,
            "docker's config.json names the credential helper '{2}', which is not on the PATH, for another registry that this build " +
            "needs. Install it, or remove it from credsStore or credHelpers."),

        // The image of the # syntax= line
        new(Syntax, @"no such host|dial tcp|connection refused|i/o timeout|TLS handshake timeout|network is unreachable|\bEOF\b",
            "SyntaxImageUnreachable", Unavailable,
            "The docker engine cannot reach the registry of the image that the Dockerfile's '# syntax=' line names ('{2}'). " +
            "Leave the line out, which only a newer syntax than the engine's needs, name a mirror in it, or check the engine's network, " +
            "proxy and DNS."),
        new(Syntax, ".", "SyntaxImageFailed", NotFound, "The docker engine cannot get the image that the Dockerfile's '# syntax=' line " +
            "names ('{2}'). Check its name, log in to its registry with 'docker login', or leave the line out."),

        // Base images
        new(Pull, @"no match for platform|does not match the specified platform|no matching manifest", "BaseImagePlatformMissing", NotFound,
            "The base image in '{2}' is not available for this platform. Choose another base image, or another -Platform."),
        new(Pull, @"toomanyrequests|429 Too Many Requests", "BaseImageThrottled", Unavailable, "The registry of the base image in '{2}' " +
            "limits pulls, and the limit is reached. Wait, log in to it with 'docker login', or take the base image from a mirror."),
        new(Pull,
            @"401 Unauthorized|403 Forbidden|no basic auth credentials|authorization failed|insufficient_scope|pull access denied|denied:|unauthorized", "BaseImageDenied", PermissionDenied,
            "The registry of the base image in '{2}' refused the pull. Log in to that registry with 'docker login' (for an ECR of " +
            "another account or region with its own token), or check the name of the image."),
        new(Pull, @"no such host|dial tcp|connection refused|i/o timeout|TLS handshake timeout|network is unreachable|\bEOF\b",
            "BaseImageUnreachable", Unavailable,
            "The registry of the base image in '{2}' cannot be reached by the docker engine. Check its network, proxy and DNS; " +
            "a base image that the engine already has is not pulled."),
        new(Pull, @"not found|manifest unknown|404", "BaseImageNotFound", NotFound,
            "The base image in '{2}' does not exist. Check its name and tag in the Dockerfile's FROM."),

        // Steps
        new(Step, "exec format error", "EmulationMissing", InvalidOperation,
            "'{2}' runs a program for another processor than the docker engine's, which has no emulation for it. " +
            "Install it with Initialize-PizzaBuilder -InstallEmulation, or build on a machine of that platform."),
        new(Step, @"exit code: (\d+)", "BuildStepFailed", OperationFailed,
            "The step '{2}' of the Dockerfile failed. Correct it and publish again; -Verbose shows everything that the steps print."),
        new(null, @"failed to compute cache key|failed to calculate checksum", "BuildFileNotFound", NotFound,
            "The Dockerfile copies something that is not in the build directory. Check the path (it is relative to the directory given, " +
            "not to the Dockerfile) and .dockerignore."),
        new(null, @"target stage ""?([^""\s]+)""? could not be found", "BuildTargetNotFound", NotFound,
            "The Dockerfile has no stage '{2}'. Check -Target against the names after 'AS'."),
        new(null, @"dockerfile parse error|Dockerfile cannot be empty|failed to create LLB definition|no build stage in current context",
            "DockerfileInvalid", InvalidData, "docker cannot parse the Dockerfile. Correct the line that it names."),
        new(null, @"failed to read dockerfile|failed to load build definition", "DockerfileNotFound", NotFound,
            "docker found no Dockerfile. Check that .dockerignore and -File do not hide it."),

        // The registry that we push to, in words
        new(Push, @"token has expired|no basic auth credentials|unauthorized|401 Unauthorized", "RegistryLoginRefused", Authentication,
            "The registry {1} rejected the login that ECR issued for it. Check that the clock of this machine is right, and that the " +
            "repository's account and region are those of your credentials.", NewToken),
        new(Push, @"tag invalid: [^\n]*|cannot be overwritten because the (?:tag|repository) is immutable",
            "ImageTagAlreadyExistsException", InvalidOperation,
            "A tag is already in use in the repository '{0}', and its tags are immutable. Choose another -Tag.", AskEcr),
        new(Push, @"name unknown|repository with name '[^']*' does not exist", "RepositoryNotFoundException", NotFound,
            "The repository '{0}' does not exist at {1}. Create it with {create}."),
        new(Push, @"not authorized to perform: (\S+)", "AccessDeniedException", PermissionDenied,
            "You are not allowed to push to '{0}', because the action {2} is missing. Grant-PizzaCiPolicy grants a role every permission " +
            "that a push needs."),
        new(Push, @"HTTP 403 response body|403 Forbidden|denied", "PushDenied", PermissionDenied,
            "The registry {1} refuses the push to '{0}' and gives no reason. You might lack a permission to push (Grant-PizzaCiPolicy " +
            "grants them all). A policy of the repository or registry might deny it, or the repository might have reached the limit of " +
            "100,000 images.", AskEcr),
        new(Push, @"toomanyrequests|429 Too Many Requests|Rate exceeded", ErrorCatalog.ThrottlingId, Unavailable,
            "ECR throttles requests at the moment. Wait a few seconds and publish again; what was uploaded is kept."),
        new(Push, @"PUT request to \S+/manifests/\S+ 400 Bad Request", "ImageRefused", InvalidOperation,
            "The registry {1} refuses the image for '{0}', and docker does not show the reason. " +
            "An image without any layer, for example, is refused.", AskEcr),
        new(Push, @"HTTP 400 response body|400 Bad Request", "RegistryMismatch", InvalidOperation,
            "The registry {1} accepts no request for '{0}', because its account or region is not that of your login. " +
            "Compare the repository's URI with -Region and your credentials.", AskEcr),
        new(Push, @"404 Not Found", "RepositoryNotFoundException", NotFound,
            "The registry {1} does not find the repository '{0}'. Create it with {create}.", AskEcr),
        new(Push, @"\b(5\d\d) (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)", "RegistryUnavailable",
            Unavailable, "The registry {1} answers with error {2}. Publish again in a minute; what was uploaded is kept."),
        new(Push,
            @"connection refused|no such host|dial tcp|connection reset|i/o timeout|TLS handshake timeout|network is unreachable|broken pipe|\bEOF\b", "RegistryUnreachable", Unavailable,
            "The registry {1} cannot be reached by the docker engine, or the connection broke. " +
            "Check the engine's network, proxy and DNS, and publish again; what was uploaded is kept."),
    ];

    /// <summary>Reads a failure.</summary>
    public static DockerFault Classify(DockerFailure failure)
    {
        string log = failure.Step is null ? "" : string.Join('\n', failure.Step.LastLines);
        foreach (Row row in s_rows)
        {
            if (row.Side is { } side && side != failure.Side) continue;
            Match match = Regex.Match(row.Id == "EmulationMissing" ? $"{failure.Words}\n{log}" : failure.Words, row.Pattern,
                RegexOptions.CultureInvariant);
            if (match.Success) return new(Error(row, failure, match), row.Next);
        }
        return new(
            Error(new(null, "", "DockerFailed", OperationFailed, "docker could not build and push the image (exit code {2})."), failure,
                null), Tell);
    }

    private static PizzaException Error(Row row, DockerFailure failure, Match? match)
    {
        string caught = match?.Groups[1] is { Success: true, Value: { Length: > 0 } value } && row.Side is not (Pull or Step or Syntax)
            ? value : failure.Step?.Name ?? "";
        if (match is null) caught = $"{failure.ExitCode}";
        string message = row.Message.Replace("{0}", failure.RepositoryName, StringComparison.Ordinal)
            .Replace("{create}", $"{Advice.Run("New-PizzaRepository", $"{failure.RepositoryName}")}", StringComparison.Ordinal)
            .Replace("{1}", failure.Host, StringComparison.Ordinal)
            .Replace("{2}", caught.Length == 0 ? "its address" : caught, StringComparison.Ordinal);
        return new(row.Id, row.Kind, message + Evidence(row, failure), failure.RepositoryName);
    }

    private static string Evidence(Row row, DockerFailure failure)
    {
        List<string> parts = [];
        if (failure.Step is { LastLines.Count: > 0 } step && row.Side is Step or null)
            parts.Add("It printed last:\n" + Indent(step.LastLines));
        if (failure.Excerpt.Length > 0 && row.Side is not Push) parts.Add("In the Dockerfile:\n" + Indent(failure.Excerpt.Split('\n')));
        string words = failure.Text.Length > 0 ? failure.Text : failure.Step?.Error ?? "";
        if (words.Length > 0) parts.Add("docker says:\n" + Indent(words.Split('\n')));
        return string.Concat(parts.Select(p => "\n" + p));
    }

    private static string Indent(IEnumerable<string> lines) => string.Join('\n', lines.Select(l => "  " + l.TrimEnd()));
}
