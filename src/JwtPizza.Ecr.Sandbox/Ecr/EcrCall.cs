using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>A call of an ECR operation, and what nearly all of them read of it.</summary>
internal sealed class EcrCall
{
    /// <param name="world">All registries.</param>
    /// <param name="call">The call.</param>
    /// <param name="region">Where the registry is; null for the region that the caller signed for.</param>
    public EcrCall(EcrWorld world, JsonCall call, string? region = null)
    {
        (World, Operation, Input, Caller) = (world, call.Operation, call.Input, call.Caller);
        Registry = world.Registry(RegistryIdOf(Input), region ?? call.Caller.Region);
    }

    public EcrWorld World { get; }

    public string Operation { get; }

    public JsonArguments Input { get; }

    public Caller Caller { get; }

    public EcrRegistry Registry { get; }

    /// <summary>The repository that the call is about.</summary>
    public StoredRepository Repository() => Registry.Find(NewRepositoryName());

    public string NewRepositoryName() => CheckName("repositoryName", Input.RequiredText("repositoryName"));

    /// <summary>The digest of a layer as callers name it.</summary>
    public static Digest LayerDigest(string text) =>
        Digest.TryParse(text, out Digest digest)
            ? digest : throw JsonArguments.Invalid("layerDigest", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");

    public static string CheckName(string member, string name) => RepositoryName.IsLegal(name)
        ? name
        : throw JsonArguments.Invalid(member,
            @"must satisfy regular expression '[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*'");

    public static string CheckRegistryId(string member, string id) =>
        AccountId.IsLegal(id) ? id : throw JsonArguments.Invalid(member, "must satisfy regular expression '[0-9]{12}'");

    private string RegistryIdOf(JsonArguments input) =>
        input.Text("registryId") is { } id ? CheckRegistryId("registryId", id) : Caller.AccountId ?? World.Info.RegistryId;
}
