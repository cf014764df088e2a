namespace JwtPizza.Ecr;

/// <summary>What a request brings for conditions and policy variables to look at. The names of keys are not case-sensitive.</summary>
internal sealed class RequestContext
{
    private readonly Dictionary<string, IReadOnlyList<string>> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The values of a key; null when the request does not have it.</summary>
    public IReadOnlyList<string>? this[string key] => _keys.GetValueOrDefault(key);

    /// <summary>The same keys, to be added to.</summary>
    public RequestContext Copy()
    {
        RequestContext copy = new();
        foreach ((string key, IReadOnlyList<string> values) in _keys) copy._keys[key] = values;
        return copy;
    }

    public RequestContext With(string key, params string[] values)
    {
        _keys[key] = values;
        return this;
    }
}
