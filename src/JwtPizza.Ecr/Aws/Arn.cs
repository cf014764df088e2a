using System.Diagnostics.CodeAnalysis;

namespace JwtPizza.Ecr;

/// <summary>An Amazon Resource Name, taken apart: <c>arn:partition:service:region:account:resource</c>.</summary>
internal sealed record Arn(string Partition, string Service, string Region, string AccountId, string Resource)
{
    private const string Prefix = "arn:";

    /// <summary>What stands behind the last <c>/</c> of the resource: the name of a role, policy or task.</summary>
    public string ResourceName => NameIn(Resource);

    /// <summary>The resource without its type: <c>team/api</c> of <c>repository/team/api</c>, with the path of a role.</summary>
    public string ResourceId => Resource[(Resource.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>What stands behind the last <c>/</c> of an ARN; all of a text that is a name already.</summary>
    public static string NameIn(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    /// <summary>Something of IAM, which has no regions.</summary>
    public static Arn OfIam(string partition, string accountId, string resource) => new(partition, "iam", "", accountId, resource);

    /// <summary>A private repository.</summary>
    public static Arn OfRepository(string partition, string region, string accountId, string name) =>
        new(partition, "ecr", region, accountId, $"repository/{name}");

    /// <summary>Reads an ARN that AWS gave.</summary>
    /// <exception cref="PizzaException"><c>InvalidArn</c>.</exception>
    public static Arn Parse(string text) =>
        TryParse(text, out Arn? arn) ? arn : throw new PizzaException("InvalidArn", PizzaErrorKind.InvalidData,
        $"'{text}' is not an ARN. It has six parts, such as 'arn:aws:iam::123456789012:role/github-ci'.", text);

    /// <summary>Whether the text is meant to be an ARN, and not a name.</summary>
    public static bool IsMeant([NotNullWhen(true)] string? text) => text?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>Reads an ARN if it is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Arn? arn)
    {
        arn = IsMeant(text) && text.Split(':', 6) is [_, var partition, var service, var region, var account, { Length: > 0 } resource]
            ? new(partition, service, region, account, resource)
            : null;
        return arn is not null;
    }

    /// <summary>As AWS writes it.</summary>
    public override string ToString() => $"{Prefix}{Partition}:{Service}:{Region}:{AccountId}:{Resource}";
}
