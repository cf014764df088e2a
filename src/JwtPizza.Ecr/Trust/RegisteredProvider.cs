namespace JwtPizza.Ecr;

/// <summary>An OpenID Connect provider of an AWS account: GitHub's, or another.</summary>
public sealed record RegisteredProvider
{
    /// <summary>Its ARN, which trust policies name as their principal.</summary>
    public required string ProviderArn { get; init; }

    /// <summary>The issuer of the tokens, for example <c>https://token.actions.githubusercontent.com</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Whom the tokens may be for; at most 100.</summary>
    public required ValueList<string> Audiences { get; init; }

    /// <summary>What the cmdlet did; null when it was only read.</summary>
    public required ChangeStatus? Status { get; init; }

    /// <summary>The 12 digits of the account.</summary>
    public string RegistryId => Arn.Parse(ProviderArn).AccountId;

    /// <summary>The ARN.</summary>
    public override string ToString() => ProviderArn;
}
