using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>The sandbox of this session. While it runs, cmdlets that name no endpoint and no credentials call it.</summary>
internal static class RunningSandbox
{
    public static EcrSandbox? Current { get; set; }

    /// <summary>The options that lead to the sandbox; null when none runs or the user named an endpoint or a profile.</summary>
    public static AwsOptions? Redirect(AwsOptions options) =>
        Current is not { } sandbox || options.EndpointUrl is not null || options.ProfileName is not null
            ? null
            : options with
            {
                EndpointUrl = sandbox.Info.EndpointUrl,
                Region = options.Region ?? sandbox.Info.Region,
                AccessKey = options.AccessKey ?? sandbox.Info.AccessKey,
                SecretKey = options.SecretKey ?? sandbox.Info.SecretKey,
            };
}
