namespace JwtPizza.Ecr.Services.Aws;

/// <summary>Variables put over those of this process for a while, and what they were before.</summary>
internal sealed class EnvironmentOverlay
{
    private readonly object _gate = new();
    private readonly Dictionary<string, (string? Before, string? Ours)> _over = [];

    /// <summary>Sets variables, and remembers what they were before the first time.</summary>
    /// <param name="variables">The variables; null removes one.</param>
    public void Set(IEnumerable<KeyValuePair<string, string?>> variables)
    {
        lock (_gate)
        {
            foreach ((string name, string? value) in variables)
            {
                _over[name] = (_over.TryGetValue(name, out (string? Before, string?) known)
                    ? known.Before : Environment.GetEnvironmentVariable(name), value);
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }

    /// <summary>Puts the variables back as they were. One that somebody has changed since stays as it is.</summary>
    /// <returns>The names of those that were put back.</returns>
    public IReadOnlyList<string> Restore()
    {
        lock (_gate)
        {
            string[] ours = [.. _over.Where(v => Environment.GetEnvironmentVariable(v.Key) == v.Value.Ours).Select(v => v.Key)];
            foreach (string name in ours) Environment.SetEnvironmentVariable(name, _over[name].Before);
            _over.Clear();
            return ours;
        }
    }

    /// <summary>Forgets what the variables were, and leaves them as they are.</summary>
    public void Forget()
    {
        lock (_gate) _over.Clear();
    }
}
