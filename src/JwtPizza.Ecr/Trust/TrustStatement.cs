namespace JwtPizza.Ecr;

/// <summary>A statement of a trust policy, as far as GitHub is concerned. The document's parts stay reachable, for edits.</summary>
internal sealed class TrustStatement
{
    private const string WebIdentity = "sts:AssumeRoleWithWebIdentity";

    public TrustStatement(Statement statement)
    {
        Statement = statement;
        JsonPart part = statement.Part;
        Federated = [.. part["Principal"]?["Federated"]?.OneOrMany.Select(p => p.String ?? "") ?? []];
        Conditions = [.. (part["Condition"]?.Children ?? []).SelectMany(o => o.Children.Select(key => new TrustCondition(o, key)))];
        GitHubProvider[] providers = [.. Federated.Select(GitHubProvider.TryParse).OfType<GitHubProvider>()];
        Provider = providers.FirstOrDefault(p => Conditions.Any(c => c.IsAbout(p.SubjectKey))) ?? providers.FirstOrDefault();
    }

    public Statement Statement { get; }

    public bool IsOfWebIdentity => Statement.HasAction(WebIdentity);

    public string[] Federated { get; }

    /// <summary>GitHub, when the statement speaks of it; the one whose keys the conditions use, when of several.</summary>
    public GitHubProvider? Provider { get; }

    public TrustCondition[] Conditions { get; }

    public bool TrustsGitHub => Statement.Allows && IsOfWebIdentity && Provider is not null;

    /// <summary>Whether its principals are GitHub providers and nobody else.</summary>
    public bool IsFederatedAlone =>
        Federated.All(f => GitHubProvider.TryParse(f) is not null) && Statement.Part["Principal"] is { Children.Count: 1 };

    public TrustCondition[] Subjects => [.. Conditions.Where(c => Provider is not null && c.IsAbout(Provider.SubjectKey))];

    public TrustCondition[] Audiences => [.. Conditions.Where(c => Provider is not null && c.IsAbout(Provider.AudienceKey))];

    /// <summary>Conditions besides audience and subject: they must hold too before a run is let in.</summary>
    public TrustCondition[] Others => [.. Conditions.Except(Subjects).Except(Audiences)];

    /// <summary>Whether a token for AWS's usual audience is let in.</summary>
    public bool TakesUsualAudience =>
        Audiences.All(a => a.Values.Any(v => v == Provider!.Audience || (a.Operator.IsLike && IamPattern.Covers(v, Provider!.Audience))));

    /// <summary>Whether it holds nothing but what we would have written ourselves.</summary>
    public bool IsOurs =>
        Statement.Part.Children.All(m => m.Name is "Sid" or "Effect" or "Principal" or "Action" or "Condition")
        && TrustsGitHub && Federated.Length == 1 && Statement.Part["Principal"]!.Children.Count == 1
        && Statement.Part["Action"]!.OneOrMany is [{ String: WebIdentity }]
        && Others.Length == 0 && Conditions.All(c => c.Operator.Name is "StringEquals" or "StringLike");

    public override string ToString() =>
        Statement.Sid is { } sid ? $"statement {Statement.Number} ('{sid}')" : $"statement {Statement.Number}";
}

/// <summary>One key under one operator of a condition.</summary>
internal sealed record TrustCondition(JsonPart OperatorPart, JsonPart Key)
{
    public TrustOperator Operator { get; } = new(OperatorPart.Name ?? "");

    public IEnumerable<string> Values => Key.OneOrMany.Select(v => v.String ?? "");

    /// <summary>Names of condition keys are not case-sensitive.</summary>
    public bool IsAbout(string key) => string.Equals(Key.Name, key, StringComparison.OrdinalIgnoreCase);

    /// <summary>The entry that lets the subject in; null when none does.</summary>
    public string? Covering(string subject) => Values.FirstOrDefault(v =>
        Operator.IsLike ? IamPattern.Covers(v, subject)
            : Operator.IsEquals && !IamPattern.IsPattern(subject) && string.Equals(v, subject, Operator.Comparison));
}

/// <summary>A condition operator by its name, for example <c>StringEqualsIfExists</c> or <c>ForAnyValue:StringLike</c>.</summary>
internal sealed record TrustOperator(string Name)
{
    private const string IfExists = "IfExists";

    /// <summary>The name without <c>IfExists</c>, which makes no difference for a claim that every token of GitHub has.</summary>
    private string Plain => Name.EndsWith(IfExists, StringComparison.OrdinalIgnoreCase) ? Name[..^IfExists.Length] : Name;

    public bool IsOfSets =>
        Name.StartsWith("ForAllValues:", StringComparison.OrdinalIgnoreCase)
            || Name.StartsWith("ForAnyValue:", StringComparison.OrdinalIgnoreCase);

    public bool IsLike => Is("StringLike");

    public bool IsEquals => Is("StringEquals") || Is("StringEqualsIgnoreCase");

    public StringComparison Comparison => Is("StringEqualsIgnoreCase") ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Whether a value more lets in more: not so for StringNotEquals and its kind.</summary>
    public bool LetsIn =>
        !Name.Contains("Not", StringComparison.OrdinalIgnoreCase) && Name.Contains("String", StringComparison.OrdinalIgnoreCase);

    /// <summary>The operator that also understands patterns; null when there is none of the same meaning.</summary>
    public string? Like => IsLike ? Name : Is("StringEquals") ? "StringLike" + Name["StringEquals".Length..] : null;

    private bool Is(string plain) => string.Equals(Plain, plain, StringComparison.OrdinalIgnoreCase);
}
