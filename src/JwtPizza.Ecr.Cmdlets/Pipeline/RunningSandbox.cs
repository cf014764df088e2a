using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>The sandbox of this process, or the one that it has joined. While it runs, cmdlets that name no endpoint and no credentials
/// call it.</summary>
internal static class RunningSandbox
{
    private static readonly object s_gate = new();
    private static readonly EnvironmentOverlay s_environment = new();

    public static ISandbox? Current { get; private set; }

    /// <summary>Whether -ProfileName leads to AWS while it runs; else everything that names no endpoint goes to the sandbox.</summary>
    public static bool AllowsAws { get; private set; }

    /// <summary>The one that runs.</summary>
    /// <param name="why">What it is needed for, after 'there is none'.</param>
    /// <exception cref="PizzaException"><c>SandboxNotRunning</c>.</exception>
    public static ISandbox Needed(string why) => Current ?? throw ErrorCatalog.SandboxNotRunning(why);

    /// <summary>Starts one unless one runs; says which it was.</summary>
    public static (ISandbox Sandbox, bool IsNew) Start(SandboxOptions options, bool allowAws)
    {
        lock (s_gate)   // runspaces share it
        {
            if (Current is { } running) return (running, false);
            AllowsAws = allowAws;
            return (Current = EcrSandbox.Start(options), true);
        }
    }

    /// <summary>Joins one that runs as a program.</summary>
    /// <param name="sandbox">That one.</param>
    /// <exception cref="PizzaException"><c>SandboxRunning</c>: another one is here already.</exception>
    public static void Join(JoinedSandbox sandbox)
    {
        lock (s_gate)
        {
            if (Current is { } running && running.Info.EndpointUrl != sandbox.Info.EndpointUrl)
                throw ErrorCatalog.SandboxRunning(
                    $"This session already calls the sandbox at {running.Info.EndpointUrl}. Run Stop-PizzaSandbox first.",
                    sandbox.Info.EndpointUrl);
            (Current, AllowsAws) = (Current ?? sandbox, false);
        }
    }

    /// <summary>Sets the environment variables that lead other programs of this process to the sandbox, until it stops.</summary>
    /// <param name="sandbox">The sandbox.</param>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> SetEnvironment(ISandbox sandbox)
    {
        KeyValuePair<string, string?>[] variables =
        [
            .. sandbox.Info.EnvironmentVariables.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)),
            new("AWS_SESSION_TOKEN", null),   // of somebody else's temporary keys
        ];
        s_environment.Set(variables);
        return [.. sandbox.Info.EnvironmentVariables.Keys];
    }

    /// <summary>Stops the one that runs; false when none does.</summary>
    public static async Task<bool> StopAsync()
    {
        ISandbox? running;
        lock (s_gate) (running, Current) = (Current, null);
        s_environment.Restore();
        if (running is null) return false;
        await running.DisposeAsync();
        return true;
    }

    /// <summary>The sandbox that a cmdlet with these parameters calls; null when it calls somebody else.</summary>
    public static ISandbox? For(string? endpointUrl, string? profileName) =>
        endpointUrl is null && (profileName is null || !AllowsAws) ? Current : null;

    /// <summary>
    /// The options that lead to the sandbox; null when none runs or the user named an endpoint. A profile names an account of AWS, where no
    /// script means to go that forgot the sandbox, so it counts only when the sandbox allows it. Without keys it is the sandbox's
    /// administrator who calls, or the role of the sandbox that Connect-PizzaAws has assumed.
    /// </summary>
    /// <exception cref="PizzaException"><c>InvalidRegion</c>: one that AWS does not have.</exception>
    public static AwsOptions? Redirect(AwsOptions options)
    {
        if (For(options.EndpointUrl, options.ProfileName) is not { } sandbox) return null;
        if (options.Region is { } region && region != sandbox.Info.Region && !Partition.AllRegions.Contains(region))
            throw ErrorCatalog.InvalidRegion(region, PizzaErrorKind.Configuration,
                "The sandbox has the regions of AWS, and the one it was started with.");
        AwsOptions there = options with
        {
            EndpointUrl = sandbox.Info.EndpointUrl, ProfileName = null, Region = options.Region ?? sandbox.Info.Region,
        };
        if (options.AccessKey is not null || options.SecretKey is not null)
            return there;
        (string? key, string? token) =
            (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID"), Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN"));
        return sandbox.HasIssued(key, token)
            ? there with { AccessKey = key, SecretKey = Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY"), SessionToken = token }
            : there with { AccessKey = sandbox.Info.AccessKey, SecretKey = sandbox.Info.SecretKey };
    }
}
