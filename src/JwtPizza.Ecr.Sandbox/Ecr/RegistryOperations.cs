using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What concerns a registry as a whole.</summary>
internal static class RegistryOperations
{
    private const int TokenLimit = 10;
    private const string BlobMounting = "BLOB_MOUNTING";

    public static JsonObject GetAuthorizationToken(EcrCall call)
    {
        IReadOnlyList<string> registries = call.Input.Texts("registryIds", 1, TokenLimit) ?? [call.Registry.RegistryId];
        return Answer.Of(("authorizationData", registries.Select(id =>
        {
            (string token, DateTimeOffset expiresAt) = call.World.Tokens.Issue(EcrCall.CheckRegistryId("registryIds", id), call.Registry.Region, call.Caller);
            return Answer.Of(("authorizationToken", token), ("expiresAt", expiresAt.Json()), ("proxyEndpoint", call.World.Info.EndpointUrl));
        }).Array()));
    }

    public static JsonObject GetAccountSetting(EcrCall call)
    {
        CheckName(call);
        return Setting(call);
    }

    public static JsonObject PutAccountSetting(EcrCall call)
    {
        CheckName(call);
        string value = call.Input.RequiredText("value");
        if (value is not ("ENABLED" or "DISABLED")) throw JsonArguments.Invalid("value", "Member must satisfy enum value set: [ENABLED, DISABLED]");
        call.Registry.BlobMounting = value == "ENABLED";
        return Setting(call);
    }

    private static void CheckName(EcrCall call)
    {
        if (call.Input.RequiredText("name") is var name && name != BlobMounting)
            throw JsonArguments.Invalid("name", $"The sandbox has the account setting {BlobMounting}, and not '{name}'");
    }

    private static JsonObject Setting(EcrCall call) => Answer.Of(("name", BlobMounting), ("value", call.Registry.BlobMounting ? "ENABLED" : "DISABLED"));
}
