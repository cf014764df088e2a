using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Tests.Docker;

/// <summary>Texts as docker and buildx wrote them on two engines: the classic image store (20.10) and the containerd image store
/// (26.1).</summary>
public sealed class DockerErrorsTests
{
    private const string Host = "127.0.0.1:5602", Push = "exporting to image", ClassicPush = "pushing 127.0.0.1:5602/pizza:e with docker",
        From = "[internal] load metadata for 127.0.0.1:5603/base:latest", Run = "[2/3] RUN exit 42";
    private const string Failed = "ERROR: failed to solve: failed to push 127.0.0.1:5602/pizza:e: ";

    [Theory]
    // The login
    [InlineData(ClassicPush, "ERROR: no basic auth credentials", "RegistryLoginRefused", nameof(NextMove.NewToken))]
    [InlineData(Push, Failed + "unexpected status from HEAD request to http://127.0.0.1:5602/v2/pizza/blobs/sha256:e: 401 Unauthorized",
        "RegistryLoginRefused", nameof(NextMove.NewToken))]
    [InlineData(ClassicPush, "ERROR: unauthorized: authentication required", "RegistryLoginRefused", nameof(NextMove.NewToken))]
    [InlineData(ClassicPush, "ERROR: unauthorized", "RegistryLoginRefused", nameof(NextMove.NewToken))]
    [InlineData(Push,
        Failed + "failed commit on ref \"manifest-sha256:e\": unexpected status from PUT request to " +
            "http://127.0.0.1:5602/v2/pizza/manifests/e: 401 Unauthorized", "RegistryLoginRefused", nameof(NextMove.NewToken))]
    [InlineData(ClassicPush, "ERROR: denied: Your authorization token has expired. Reauthenticate and try again.", "RegistryLoginRefused",
        nameof(NextMove.NewToken))]
    // Rights
    [InlineData(ClassicPush, "ERROR: denied: User: arn:aws:iam::1:user/u is not authorized to perform: ecr:PutImage on resource: x",
        "AccessDeniedException", nameof(NextMove.Tell))]
    [InlineData(null,
        "ERROR: Error response from daemon: denied: User: arn:aws:iam::1:user/u is not authorized to perform: " +
        "ecr:BatchGetImage on resource: x", "AccessDeniedException", nameof(NextMove.Tell))]
    [InlineData(Push, Failed + "unexpected status from POST request to http://127.0.0.1:5602/v2/pizza/blobs/uploads/: 403 Forbidden",
        "PushDenied", nameof(NextMove.AskEcr))]
    [InlineData(ClassicPush, "ERROR: error parsing HTTP 403 response body: unexpected end of JSON input: \"\"", "PushDenied",
        nameof(NextMove.AskEcr))]
    // The repository and its tags
    [InlineData(ClassicPush, "ERROR: name unknown: The repository with name 'pizza' does not exist in the registry with id '1'",
        "RepositoryNotFoundException", nameof(NextMove.Tell))]
    [InlineData(Push, Failed + "unexpected status from POST request to http://127.0.0.1:5602/v2/pizza/blobs/uploads/: 404 Not Found",
        "RepositoryNotFoundException", nameof(NextMove.AskEcr))]
    [InlineData(ClassicPush,
        "ERROR: tag invalid: The image tag 'e' already exists in the 'pizza' repository and cannot be overwritten because the " +
        "repository is immutable.", "ImageTagAlreadyExistsException", nameof(NextMove.AskEcr))]
    [InlineData(ClassicPush,
        "ERROR: tag invalid: The image tag 'e' already exists in the 'pizza' repository and cannot be overwritten because the tag is " +
        "immutable.", "ImageTagAlreadyExistsException", nameof(NextMove.AskEcr))]
    [InlineData(Push, Failed + "unexpected status from PUT request to http://127.0.0.1:5602/v2/pizza/manifests/e: 400 Bad Request",
        "ImageRefused", nameof(NextMove.AskEcr))]
    [InlineData(Push, Failed + "unexpected status from HEAD request to http://127.0.0.1:5602/v2/pizza/blobs/sha256:e: 400 Bad Request",
        "RegistryMismatch", nameof(NextMove.AskEcr))]
    [InlineData(ClassicPush, "ERROR: error parsing HTTP 400 response body: unexpected end of JSON input: \"\"", "RegistryMismatch",
        nameof(NextMove.AskEcr))]
    // The registry's health
    [InlineData(ClassicPush, "ERROR: toomanyrequests: Rate exceeded", "ThrottlingException", nameof(NextMove.Tell))]
    [InlineData(Push, Failed + "unexpected status from PUT request to http://127.0.0.1:5602/v2/pizza/manifests/e: 429 Too Many Requests",
        "ThrottlingException", nameof(NextMove.Tell))]
    [InlineData(ClassicPush, "ERROR: received unexpected HTTP status: 500 Internal Server Error", "RegistryUnavailable",
        nameof(NextMove.Tell))]
    [InlineData(Push, Failed + "unexpected status from PUT request to http://127.0.0.1:5602/v2/pizza/manifests/e: 503 Service Unavailable",
        "RegistryUnavailable", nameof(NextMove.Tell))]
    [InlineData(ClassicPush, "ERROR: Get \"http://127.0.0.1:5602/v2/\": dial tcp 127.0.0.1:5602: connect: connection refused",
        "RegistryUnreachable", nameof(NextMove.Tell))]
    [InlineData(Push,
        Failed + "failed to do request: Head \"http://127.0.0.1:5602/v2/pizza/blobs/sha256:e\": dial tcp 127.0.0.1:5602: connect: " +
            "connection refused", "RegistryUnreachable", nameof(NextMove.Tell))]
    [InlineData(ClassicPush, "ERROR: EOF", "RegistryUnreachable", nameof(NextMove.Tell))]
    // Base images
    [InlineData(From,
        "ERROR: failed to solve: failed to create LLB definition: pulling from host 127.0.0.1:5603 failed with status code [manifests " +
        "latest]: 401 Unauthorized", "BaseImageDenied", nameof(NextMove.Tell))]
    [InlineData(From,
        "ERROR: failed to solve: 127.0.0.1:5603/base:latest: failed to resolve source metadata for 127.0.0.1:5603/base:latest: " +
        "unexpected status from HEAD request to http://127.0.0.1:5603/v2/base/manifests/latest: 401 Unauthorized", "BaseImageDenied",
            nameof(NextMove.Tell))]
    [InlineData(From, "ERROR: failed to solve: failed to create LLB definition: 127.0.0.1:5603/base:latest: not found", "BaseImageNotFound",
        nameof(NextMove.Tell))]
    [InlineData(From,
        "ERROR: failed to solve: failed to create LLB definition: failed to do request: " +
        "Head \"https://registry-1.docker.io/v2/library/x/manifests/latest\": dial tcp: lookup registry-1.docker.io: no such host",
            "BaseImageUnreachable", nameof(NextMove.Tell))]
    [InlineData(From, "ERROR: failed to solve: no match for platform in manifest sha256:e: not found", "BaseImagePlatformMissing",
        nameof(NextMove.Tell))]
    [InlineData(From, "ERROR: failed to solve: toomanyrequests: You have reached your pull rate limit.", "BaseImageThrottled",
        nameof(NextMove.Tell))]
    // Steps and Dockerfile
    [InlineData(Run, "ERROR: failed to solve: executor failed running [/bin/busybox sh -c exit 42]: exit code: 42", "BuildStepFailed",
        nameof(NextMove.Tell))]
    [InlineData(Run, "ERROR: failed to build: failed to solve: process \"/bin/sh -c exit 42\" did not complete successfully: exit code: 42",
        "BuildStepFailed", nameof(NextMove.Tell))]
    [InlineData("[2/2] COPY nope /", "ERROR: failed to solve: failed to compute cache key: \"/nope\" not found: not found",
        "BuildFileNotFound", nameof(NextMove.Tell))]
    [InlineData("[2/2] COPY nope /",
        "ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x: \"/nope\": not found",
        "BuildFileNotFound", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: COPPY (did you mean COPY?)",
        "DockerfileInvalid", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: failed to solve: the Dockerfile cannot be empty", "DockerfileInvalid", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: failed to solve: failed to create LLB definition: target stage nosuch could not be found",
        "BuildTargetNotFound", nameof(NextMove.Tell))]
    [InlineData("[internal] load build definition from Dockerfile",
        "ERROR: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory", "DockerfileNotFound",
        nameof(NextMove.Tell))]
    [InlineData(Run, "ERROR: failed to solve: write /var/lib/x/snapshots/3/fs/big: no space left on device", "DiskFull",
        nameof(NextMove.Tell))]
    // The engine
    [InlineData(null, "ERROR: Cannot connect to the Docker daemon at unix:///nonexistent. Is the docker daemon running?",
        "DockerDaemonUnreachable", nameof(NextMove.Tell))]
    [InlineData(null,
        "ERROR: failed to connect to the docker API at unix:///nonexistent; check if the path is correct and if the daemon is running",
        "DockerDaemonUnreachable", nameof(NextMove.Tell))]
    [InlineData(null,
        "ERROR: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get \"http://x\": " +
        "dial unix /var/run/docker.sock: connect: permission denied", "DockerPermissionDenied", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: context \"nosuch\": context not found: open meta.json: no such file or directory", "DockerContextNotFound",
        nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: no builder \"nosuch\" found", "BuilderNotFound", nameof(NextMove.Tell))]
    [InlineData(null, "unknown flag: --platform\nSee 'docker --help'.", "BuildxMissing", nameof(NextMove.Tell))]
    [InlineData(null, "docker: unknown command: docker buildx", "BuildxMissing", nameof(NextMove.Tell))]
    [InlineData(null, "docker: 'buildx' is not a docker command.", "BuildxMissing", nameof(NextMove.Tell))]
    [InlineData(null, "Error: unknown flag: --push", "BuildxMissing", nameof(NextMove.Tell))]
    [InlineData(null, "unknown flag: --sbom", "BuildxTooOld", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: Multi-platform build is not supported for the docker driver.\nSwitch to a different driver",
        "BuilderNotCapable", nameof(NextMove.Tell))]
    [InlineData(null, "ERROR: Attestation is not supported for the docker driver.", "BuilderNotCapable", nameof(NextMove.Tell))]
    [InlineData(From,
        "ERROR: failed to solve: error getting credentials - err: exec: \"docker-credential-x\": " +
        "executable file not found in $PATH, out: ``", "CredentialHelperMissing", nameof(NextMove.Tell))]
    [InlineData(null, "something new", "DockerFailed", nameof(NextMove.Tell))]
    public void Each_failure_has_an_id_and_a_next_move(string? step, string text, string id, string next)
    {
        DockerFault fault = DockerErrors.Classify(Failure(step, text));
        Assert.Equal((id, next), (fault.Error.ErrorId, fault.Next.ToString()));
        Assert.Contains(text.Split('\n')[0], fault.Error.Message, StringComparison.Ordinal);   // docker's own words are never lost
        Assert.DoesNotContain("{", fault.Error.Message.Split('\n')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERROR: Cannot connect to the Docker daemon at unix:///nonexistent. Is the docker daemon running?",
        "at unix:///nonexistent.")]
    [InlineData("ERROR: failed to connect to the docker API at tcp://far.example:2375; check", "at tcp://far.example:2375.")]
    [InlineData("ERROR: no builder \"nosuch\" found", "'nosuch'")]
    [InlineData("ERROR: Attestation is not supported for the docker driver.", "Attestation is not possible")]
    [InlineData("ERROR: denied: User: u is not authorized to perform: ecr:PutImage on resource: x", "ecr:PutImage is missing")]
    public void The_name_at_fault_is_in_the_first_sentence(string text, string name) =>
        Assert.Contains(name,
            DockerErrors.Classify(Failure(text.Contains("denied", StringComparison.Ordinal) ? Push : null, text)).Error.Message.Split(
                '\n')[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("classic-step-failed", "BuildStepFailed", "line 3")]
    [InlineData("classic-syntax", "DockerfileInvalid", "COPPY")]
    [InlineData("classic-copy", "BuildFileNotFound", "/nope")]
    [InlineData("classic-base-missing", "BaseImageNotFound", "nobase")]
    [InlineData("classic-base-unreachable", "BaseImageUnreachable", "connection refused")]
    [InlineData("classic-registry-gone", "RegistryUnreachable", "connection refused")]
    [InlineData("containerd-registry-gone", "RegistryUnreachable", "connection refused")]
    [InlineData("containerd-step-failed", "BuildStepFailed", "Dockerfile:4")]
    public void Recorded_failures_are_recognised(string sample, string id, string evidence)
    {
        BuildxProgress progress = new(new());
        foreach (string line in BuildxProgressTests.Sample(sample)) progress.Take(line);
        progress.End();
        PizzaException e =
            DockerErrors.Classify(
                new()
                {
                    ExitCode = 1, Text = progress.ErrorText, Excerpt = progress.Excerpt, Step = progress.Failed, Host = Host,
                    RepositoryName = "pizza",
                }).Error;
        Assert.Equal(id, e.ErrorId);
        Assert.Contains(evidence, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "ERROR: failed to solve: failed to solve with frontend gateway.v0: failed to do request: " +
        "Head \"https://registry-1.docker.io/v2/docker/dockerfile/manifests/1\": dial tcp: lookup registry-1.docker.io: no such host",
            "SyntaxImageUnreachable")]
    [InlineData("ERROR: failed to solve: docker/dockerfile:9: docker.io/docker/dockerfile:9: not found", "SyntaxImageFailed")]
    public void The_image_of_the_syntax_line_has_errors_of_its_own(string text, string id)
    {
        PizzaException e = DockerErrors.Classify(Failure("resolve image config for docker.io/docker/dockerfile:1", text)).Error;
        Assert.Equal(id, e.ErrorId);
        Assert.Contains("'# syntax='", e.Message, StringComparison.Ordinal);
        Assert.Contains("docker.io/docker/dockerfile:1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_another_processor_is_known_by_what_it_printed()
    {
        DockerFault fault =
            DockerErrors.Classify(
                Failure(Run, "ERROR: failed to solve: executor failed running [/b]: exit code: 1")
                    with { Step = new(Run, "exit code: 1", ["exec /b: exec format error"]) });
        Assert.Equal("EmulationMissing", fault.Error.ErrorId);
    }

    private static DockerFailure Failure(string? step, string text) => new()
    {
        ExitCode = 1, Text = text, Host = Host, RepositoryName = "pizza",
        Step = step is null ? null : new(step, text.Replace("ERROR: ", "", StringComparison.Ordinal), []),
    };
}
