using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>A registry that images are copied to.</summary>
/// <param name="Region">Its region, for example <c>eu-west-1</c>.</param>
/// <param name="RegistryId">The 12 digits of its account.</param>
public sealed partial record ReplicationDestination(string Region, string RegistryId)
{
    /// <summary>A destination that ECR could take.</summary>
    /// <param name="region">A region.</param>
    /// <param name="registryId">An account.</param>
    /// <exception cref="PizzaException"><c>InvalidRegion</c>, <c>InvalidRegistryId</c>.</exception>
    public static ReplicationDestination Of(string region, string registryId) => RegionPattern().IsMatch(region)
        ? new(region, AccountId.Check(registryId))
        : throw ErrorCatalog.InvalidRegion(region, PizzaErrorKind.InvalidArgument,
            "Name the region to replicate to, for example 'eu-west-1'.");

    /// <summary>Region and account.</summary>
    public override string ToString() => $"{Region} of account {RegistryId}";

    internal JsonObject ToJson() => new() { ["region"] = Region, ["registryId"] = RegistryId };

    [GeneratedRegex(@"\A[0-9a-z-]{2,25}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RegionPattern();
}
