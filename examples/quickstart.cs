// The whole exercise on the embedded sandbox, with nothing but the .NET SDK: dotnet run examples/quickstart.cs
// Where pwsh is installed it runs examples/jwt-pizza.ps1 with the built module; else the same steps through the same services.
#:project ../src/JwtPizza.Ecr.Cmdlets/JwtPizza.Ecr.Cmdlets.csproj
#:property PublishAot=false
#:property ImplicitUsings=enable

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using JwtPizza.Ecr;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.GitHub;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Images;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;
using JwtPizza.Ecr.Services.Trust;

string examples = Folder();
if (!args.Contains("--no-pwsh") && await RunAsync("pwsh", quiet: false, "-NoProfile", "-File", Path.Combine(examples, "jwt-pizza.ps1")) is { } exitCode) return exitCode;
Console.WriteLine("The steps of examples/jwt-pizza.ps1 follow, through the same services but without PowerShell.");

CancellationToken none = CancellationToken.None;
await using EcrSandbox sandbox = EcrSandbox.Start(new());
SandboxInfo info = sandbox.Info;
using AwsSession aws = AwsSession.Open(new() { EndpointUrl = info.EndpointUrl, Region = info.Region, AccessKey = info.AccessKey, SecretKey = info.SecretKey });
Step("A local ECR, IAM and STS", info.EndpointUrl);

RepositoryName name = RepositoryName.Parse("jwt-pizza-service");
(Repository repository, _) = await new RepositoryService(aws.Ecr).EnsureAsync(name, new RepositorySettings().Checked(), none);
Step("A repository", repository.RepositoryUri);

LifecycleService lifecycles = new(aws.Ecr, aws.Region);
LifecyclePlan lifecycle = await lifecycles.PlanAsync(name.Value, new([LifecycleRule.UntaggedAfter(1), LifecycleRule.KeepLast(10)], Replace: false, KeepDescriptions: true), none);
await lifecycles.ApplyAsync(lifecycle, none);
Step("... that cleans itself", lifecycle.Difference);

using GitHubApi github = new(info.GitHubApiUrl);
GitHubRepository source = GitHubRepository.Parse("my-account/jwt-pizza-service");
ResolvedSubjects subjects = await new SubjectResolver(github).ResolveAsync(source, SubjectScope.Branch("main"), SubjectForm.Auto, none);
await new TrustService(aws.Iam).EditAsync("github-ci", policy => policy.Add(subjects.Subjects, null), none);
Step("GitHub Actions may assume the role github-ci", string.Join("\n", subjects.Subjects.Select(s => s.Text)));

CiPolicyService grants = new(aws.Iam);
CiPolicyPlan grant = await grants.PlanGrantAsync(new("github-ci", "jwt-pizza-ci-deployment", null), [CiGrant.For(repository.RepositoryArn, null, null, "jwt-pizza-ecs")], none);
await grants.ApplyAsync(grant, none);
Step("... and push there, deploy there, nothing else", grant.Description);

string service = Path.Combine(examples, "service"), layout = Path.Combine(examples, "oci-layout");
bool docker = await RunAsync("docker", quiet: true, "info") is 0;
if (!docker) Console.WriteLine("\nNo docker daemon answers: the OCI layout in examples/oci-layout is pushed instead of a build.");
foreach (string version in new[] { "v1", "v2" })
{
    PublishedImage image = docker
        ? await new PublishService(aws, null, isPublic: false, new()).PublishAsync(new()
        {
            Repository = ImageReference.Parse(name.Value),
            Tags = [ImageTag.Parse("latest")],
            Build = new() { Directory = service, Labels = new Dictionary<string, string> { ["org.opencontainers.image.version"] = version } },
        }, none)
        : await new PushService(aws, null, isPublic: false, new()).PushAsync(ImageReference.Parse(name.Value), layout, version, ["latest"], none);
    Step(docker ? $"docker buildx, pushed, digest verified: {version}" : $"Pushed without docker: {version}", $"{image.ImageUri}\n{image.ImageDigest}\n{string.Join(", ", image.Platform)}, {image.ImageSizeInBytes} bytes");
}

List<string> rows = [];
await foreach (EcrImage image in new ImageListing(aws.Ecr, new Progress<string>()).ListAsync(repository, new(), none))
    rows.Add($"{(image.IsUntagged ? "(untagged)" : string.Join(", ", image.ImageTags)),-12} {Short.Digest(image.ImageDigest)}  {string.Join(", ", image.Platform)}");
Step("What is there now: the first image has lost its tag", string.Join("\n", rows));
return rows.Count == 2 && rows.Count(r => r.StartsWith("(untagged)", StringComparison.Ordinal)) == 1 ? 0 : 1;

static void Step(string title, string result)
{
    Console.WriteLine($"\n# {title}");
    foreach (string line in result.Split('\n')) Console.WriteLine($"  {line}");
}

// The exit code; null when the program is not installed.
static async Task<int?> RunAsync(string program, bool quiet, params string[] arguments)
{
    ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = quiet, RedirectStandardError = quiet };
    try
    {
        using Process process = Process.Start(start)!;
        if (quiet) await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
    catch (Win32Exception) { return null; }
}

static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
