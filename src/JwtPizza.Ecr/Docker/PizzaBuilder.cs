namespace JwtPizza.Ecr;

/// <summary>What a builder can do for a platform.</summary>
public enum PlatformSupport : long
{
    /// <summary>A node runs its programs by itself.</summary>
    Native,

    /// <summary>A node runs its programs by emulation (QEMU): every step works, several times slower.</summary>
    Emulated,

    /// <summary>Images can be built that only copy files; a step with RUN ends with 'exec format error'.</summary>
    CopyOnly,

    /// <summary>Not known before the builder has started.</summary>
    Unknown,
}

/// <summary>A builder of docker's buildx, as a check found it.</summary>
public sealed record PizzaBuilder
{
    /// <summary>Its name, as -Builder of Publish-PizzaImage takes it.</summary>
    public required string Builder { get; init; }

    /// <summary><c>docker</c>, <c>docker-container</c>, <c>kubernetes</c>, <c>remote</c> or <c>cloud</c>.</summary>
    public required string Driver { get; init; }

    /// <summary>The machines that it builds on.</summary>
    public required ValueList<BuilderNode> Nodes { get; init; }

    /// <summary>What it can do for each platform that was asked for.</summary>
    public IReadOnlyDictionary<string, PlatformSupport> Platform { get; init; } = new Dictionary<string, PlatformSupport>();

    /// <summary>Created when the builder was made; Changed when it got nodes, was started, became the current one, or emulators were
    /// installed for it.</summary>
    public ChangeStatus Status { get; init; } = ChangeStatus.Unchanged;

    /// <summary>What is missing, each with the next step; empty when nothing is.</summary>
    public ValueList<string> Missing { get; init; } = [];

    /// <summary>Whether it can build for every platform that was asked for. A builder that has not started yet may be ready, and not know
    /// it.</summary>
    public bool IsReady => Missing.Length == 0;

    /// <summary>The name.</summary>
    public override string ToString() => Builder;

    /// <summary>Whether the other one holds the same; lists are compared item by item.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(PizzaBuilder? other) => ByValue.Equal(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => ByValue.Hash(this);
}

/// <summary>A machine that a builder builds on.</summary>
public sealed record BuilderNode
{
    /// <summary>Its name within the builder.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is: a docker context, the address of a docker engine or of a BuildKit daemon.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary><c>running</c>, <c>inactive</c> (it starts with the first build), <c>stopped</c> …; empty when it cannot be
    /// asked.</summary>
    public string Status { get; init; } = "";

    /// <summary>The platforms that it offers, its own first. Empty before it has started, unless they were fixed.</summary>
    public ValueList<string> Platform { get; init; } = [];

    /// <summary>The platforms that were fixed for it when it was made.</summary>
    public ValueList<string> FixedPlatform { get; init; } = [];

    /// <summary>The version of its BuildKit; null when it does not run.</summary>
    public string? BuildKitVersion { get; init; }

    /// <summary>Why it cannot be used, in docker's words; null when it can.</summary>
    public string? Error { get; init; }

    /// <summary>Name and place.</summary>
    public override string ToString() => $"{Name} ({Endpoint})";
}
