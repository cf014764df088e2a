using System.Text.Json;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Ecs;
using JwtPizza.Ecr.Sandbox.GitHub;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>All that a sandbox holds, as one document: a fixture for tests. Keys, logins, sessions and uploads are not in it.</summary>
/// <param name="Format">The form of the document.</param>
/// <param name="RegistryId">The account that the sandbox plays.</param>
/// <param name="Region">The region of calls that name none.</param>
/// <param name="Now">What its clock shows.</param>
/// <param name="Registries">What is set on registries.</param>
/// <param name="Repositories">The shortest history that leads to each repository.</param>
/// <param name="Layers">Layers and configurations.</param>
/// <param name="Accounts">IAM.</param>
/// <param name="Ecs">ECS, by region.</param>
/// <param name="GitHub">The numbers of GitHub's repositories.</param>
internal sealed record SavedWorld(
    int Format, string RegistryId, string Region, DateTimeOffset Now, IReadOnlyList<RegistrySettings> Registries,
    IReadOnlyList<IReadOnlyList<Change>> Repositories,
    IReadOnlyDictionary<Digest, byte[]> Layers, IReadOnlyList<SavedAccount> Accounts, JsonNode Ecs,
    IReadOnlyDictionary<string, GitHubNumbers> GitHub)
{
    private const int CurrentFormat = 1;
    private const string InvalidWorld = "InvalidWorld";
    private const long LayerLimit = 512L * 1024 * 1024;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new DigestConverter() },
    };

    /// <summary>What is there now.</summary>
    /// <exception cref="PizzaException"><c>WorldTooLarge</c>.</exception>
    public static SavedWorld Of(EcrWorld ecr, IamWorld iam, EcsWorld ecs, GitHubWorld gitHub)
    {
        (IReadOnlyList<RegistrySettings> registries, IReadOnlyList<IReadOnlyList<Change>> repositories, Dictionary<Digest, byte[]> layers) =
            ecr.Export(LayerLimit);
        SandboxInfo info = ecr.Info;
        return new(CurrentFormat, info.RegistryId, info.Region, ecr.Clock.GetUtcNow(), registries, repositories, layers,
            iam.Export(IamWorld.PartitionOf(info.Region)), ecs.Export(), gitHub.Known);
    }

    /// <summary>Reads a document, and checks that a sandbox can hold what is in it.</summary>
    /// <param name="json">The document.</param>
    /// <param name="info">The sandbox that is to hold it.</param>
    /// <param name="source">Where the document is from, for errors.</param>
    /// <exception cref="PizzaException"><c>InvalidWorld</c>.</exception>
    public static SavedWorld Parse(byte[] json, SandboxInfo info, string source)
    {
        try
        {
            SavedWorld world = JsonSerializer.Deserialize<SavedWorld>(json, s_json) ?? throw new JsonException("it holds nothing");
            if (world.Format != CurrentFormat)
                throw Invalid(source, $"its format is {world.Format}, and this sandbox reads {CurrentFormat}");
            if ((world.RegistryId, world.Region) != (info.RegistryId, info.Region))
                throw Invalid(source,
                    $"it is that of account {world.RegistryId} in {world.Region}, and the sandbox plays {info.RegistryId} in " +
                    $"{info.Region}: start with that account and region");
            if (new object?[]
            {
                world.Registries, world.Repositories, world.Layers, world.Accounts, world.Ecs, world.GitHub,
            }.Contains(null))
                throw Invalid(source, "a part of it is missing");
            world.Try(info);
            return world;
        }
        catch (PizzaException e) when (e.ErrorId == "InvalidState") { throw Invalid(source, $"{e.Target}", e); }
        // whatever it is, the document is why
        catch (Exception e) when (e is not PizzaException { ErrorId: InvalidWorld }) { throw Invalid(source, e.Message.TrimEnd('.'), e); }
    }

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <summary>Fills parts of a sandbox that hold nothing yet.</summary>
    public void Restore(EcrWorld ecr, IamWorld iam, EcsWorld ecs, GitHubWorld gitHub)
    {
        ecr.Import(Registries, Repositories, Layers);
        foreach (SavedAccount account in Accounts) iam.Restore(account);
        ecs.Import(Ecs.Deserialize<Dictionary<string, EcsRegion>>() ?? []);
        gitHub.Import(GitHub);
    }

    /// <summary>What a broken document would break, it breaks here: in a sandbox that nobody uses.</summary>
    private void Try(SandboxInfo info)
    {
        SandboxClock clock = new(TimeSpan.Zero);
        using EcrWorld ecr = new(info, clock, new());
        Restore(ecr, new(info.RegistryId, clock), new(ecr, empty: true), new());
    }

    private static PizzaException Invalid(string source, string why, Exception? inner = null) =>
        new(InvalidWorld, PizzaErrorKind.InvalidData, $"{source} is not the world of a sandbox: {why}. GET /_sandbox/export gives one.",
            source, inner);
}
