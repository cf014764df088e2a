using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.GitHub;

/// <summary>A repository as the sandbox's GitHub has it.</summary>
/// <param name="Repository">Owner and name as they were asked for, with their numbers.</param>
/// <param name="Immutable">Whether its tokens carry the numbers in the subject.</param>
internal sealed record HostedRepository(GitHubRepository Repository, bool Immutable);

/// <summary>The numbers that GitHub gave to a repository and its owner.</summary>
internal sealed record GitHubNumbers(long OwnerId, long RepositoryId);

/// <summary>
/// The repositories at the sandbox's GitHub. Every name exists. It is an old repository, whose subject has names alone and whose
/// numbers are made from them, until somebody names its numbers: from then on it is a new one, with these.
/// </summary>
internal sealed class GitHubWorld(StateFolder? state = null)
{
    private const string Document = "github";
    private const long First = 100_000_000, Count = 900_000_000;
    private readonly ConcurrentDictionary<string, GitHubNumbers> _new =
        new(state?.Load<Dictionary<string, GitHubNumbers>>(Document) ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>The new repositories.</summary>
    public IReadOnlyDictionary<string, GitHubNumbers> Known => new SortedDictionary<string, GitHubNumbers>(_new, StringComparer.Ordinal);

    /// <summary>The repository as GitHub would tell of it.</summary>
    public HostedRepository Find(GitHubRepository repository) => _new.TryGetValue(repository.ToString(), out GitHubNumbers? known)
        ? new(repository with { OwnerId = known.OwnerId, RepositoryId = known.RepositoryId }, Immutable: true)
        : new(repository with
        {
            OwnerId = repository.OwnerId ?? NumberOf(repository.Owner),
            RepositoryId = repository.RepositoryId ?? NumberOf(repository.ToString()),
        }, Immutable: false);

    /// <summary>Takes a repository's numbers as the true ones.</summary>
    public void Learn(GitHubRepository repository)
    {
        if (repository is not { OwnerId: { } owner, RepositoryId: { } id }) return;
        _new[repository.ToString()] = new(owner, id);
        state?.Save(Document, () => _new);
    }

    /// <summary>Takes up what was known elsewhere.</summary>
    public void Import(IReadOnlyDictionary<string, GitHubNumbers> known)
    {
        foreach ((string repository, GitHubNumbers numbers) in known) _new[repository] = numbers;
        state?.Save(Document, () => _new);
    }

    /// <summary>The same in every sandbox.</summary>
    private static long NumberOf(string name) =>
        First + (long)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToLowerInvariant()))) % Count);
}
