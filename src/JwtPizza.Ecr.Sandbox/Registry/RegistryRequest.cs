using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>A request of the distribution protocol that has a pass and a legal path.</summary>
/// <param name="Exchange">The request.</param>
/// <param name="Registry">The registry that the pass opens.</param>
/// <param name="Name">The repository's name, legal; whether it exists is another question. Empty where the path names none.</param>
/// <param name="Id">What the path ends in: a digest, a tag, an upload.</param>
/// <param name="Stop">Ends with the sandbox.</param>
internal sealed record RegistryRequest(Exchange Exchange, EcrRegistry Registry, string Name, string Id, CancellationToken Stop)
{
    /// <summary>Whose token it comes with.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Whether the pass's holder may do more than the request itself needs.</summary>
    public Func<IEnumerable<Need>, bool> May { get; init; } = _ => true;

    public static RegistryRequest Of(Exchange exchange, EcrRegistry registry, RegistryPath path, CancellationToken stop)
    {
        if (path.Place.Length == 0) return new(exchange, registry, "", "", stop);
        string name = NameIn(registry, path.Place);
        return RepositoryName.IsLegal(name)
            ? new(exchange, registry, name, path.Id, stop)
            : throw new RegistryError(400, "NAME_INVALID", $"invalid repository name '{name}'");
    }

    /// <summary>How paths name the repository: in ECR Public with the registry's alias.</summary>
    public string Place => Registry.IsPublic ? $"{Registry.Alias}/{Name}" : Name;

    /// <summary>The name of a repository that a path names.</summary>
    public static string NameIn(EcrRegistry registry, string path) =>
        !registry.IsPublic ? path
        : path.StartsWith(registry.Alias + "/", StringComparison.Ordinal) ? path[(registry.Alias.Length + 1)..]
        : throw new RegistryError(404, "NAME_UNKNOWN",
            $"The repository with name '{path}' does not exist in the registry with id '{registry.RegistryId}'");

    /// <summary>Reads or changes the repository, alone.</summary>
    public T With<T>(Func<StoredRepository, T> work) => Registry.Run(() => work(Registry.Find(Name)));

    /// <summary>A digest that the client names.</summary>
    public static Digest DigestOf(string? text) =>
        Digest.TryParse(text, out Digest digest)
            ? digest : throw new RegistryError(400, "DIGEST_INVALID", $"'{text}' is not a sha256 digest");

    public Task RespondAsync(int status) => Exchange.RespondAsync(status, null, default, Stop);

    /// <summary>Answers where the thing is now, and what its digest is.</summary>
    public Task RespondCreatedAsync(string kind, string id, Digest digest)
    {
        Exchange.SetHeader("Location", $"/v2/{Place}/{kind}/{id}");
        Exchange.SetHeader("Docker-Content-Digest", digest.Value);
        return RespondAsync(201);
    }
}
