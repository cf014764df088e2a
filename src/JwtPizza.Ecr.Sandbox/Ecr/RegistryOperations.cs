using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>What concerns a registry as a whole.</summary>
internal static class RegistryOperations
{
    private const int TokenLimit = 10;
    /// <summary>The names of account settings.</summary>
    public const string BlobMounting = "BLOB_MOUNTING", PolicyScope = "REGISTRY_POLICY_SCOPE";

    private static readonly AccountSetting[] s_settings =
        [new("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE", ["AWS_NATIVE", "CLAIR"]), new(BlobMounting, "DISABLED", ["ENABLED", "DISABLED"]),
            new(PolicyScope, "V2", ["V1", "V2"])];

    private sealed record AccountSetting(string Name, string First, string[] Values);

    public static JsonObject GetAuthorizationToken(EcrCall call)
    {
        IReadOnlyList<string> registries = call.Input.Texts("registryIds", 1, TokenLimit) ?? [call.Registry.RegistryId];
        return Answer.Of(("authorizationData", registries.Select(id =>
        {
            EcrRegistry registry = call.World.Registry(EcrCall.CheckRegistryId("registryIds", id), call.Registry.Region);
            (string token, DateTimeOffset expiresAt) = call.World.Tokens.Issue(id, registry.Region, call.Caller);
            string host = "http://" + registry.Uri;
            return Answer.Of(("authorizationToken", token), ("expiresAt", expiresAt.Json()), ("proxyEndpoint", host));
        }).Array()));
    }

    public static JsonObject GetAccountSetting(EcrCall call) => Setting(call, SettingIn(call));

    public static JsonObject PutAccountSetting(EcrCall call)
    {
        AccountSetting setting = SettingIn(call);
        string value = call.Input.RequiredText("value");
        if (!setting.Values.Contains(value))
            throw JsonArguments.Invalid("value", $"Member must satisfy enum value set: [{string.Join(", ", setting.Values)}]");
        call.Registry.Settings = call.Registry.Settings
            with { AccountSettings = new Dictionary<string, string>(call.Registry.Settings.AccountSettings) { [setting.Name] = value } };
        return Setting(call, setting);
    }

    private static AccountSetting SettingIn(EcrCall call) =>
        call.Input.RequiredText("name") is var name && Array.Find(s_settings, s => s.Name == name) is { } setting
        ? setting
        : throw JsonArguments.Invalid("name", $"Member must satisfy enum value set: [{string.Join(", ", s_settings.Select(s => s.Name))}]");

    private static JsonObject Setting(EcrCall call, AccountSetting setting) =>
        Answer.Of(("name", setting.Name),
            ("value", call.Registry.Settings.AccountSettings.GetValueOrDefault(setting.Name) ?? setting.First));
}
