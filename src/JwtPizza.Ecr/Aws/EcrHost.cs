using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>The host of a registry of Amazon ECR: private (plain, FIPS or dual-stack, in every partition), or that of ECR Public.</summary>
internal sealed partial record EcrHost
{
    // https://docs.aws.amazon.com/general/latest/gr/ecr-public.html, and with IPv6
    private static readonly string[] s_public = ["public.ecr.aws", "ecr-public.aws.com"];

    private EcrHost(string value) => Value = value;

    /// <summary>The host itself.</summary>
    public string Value { get; }

    /// <summary>The account that owns the private registry; null for ECR Public.</summary>
    public string? RegistryId { get; private init; }

    /// <summary>The region of the private registry; null for ECR Public.</summary>
    public string? Region { get; private init; }

    /// <summary>Whether it is ECR Public.</summary>
    public bool IsPublic => RegistryId is null;

    /// <summary>The host of a private registry as ECR itself writes it in repository URIs.</summary>
    public static EcrHost Of(string registryId, string region) =>
        new($"{registryId}.dkr.ecr.{region}.{Partition.Of(region).DnsSuffix}") { RegistryId = registryId, Region = region };

    /// <summary>The registry that a host is; null for hosts of others.</summary>
    public static EcrHost? TryParse(string? host)
    {
        if (host is null) return null;
        if (s_public.Contains(host)) return new(host);
        if (Pattern().Match(host) is not { Success: true, Groups: var parts }) return null;
        string region = parts["region"].Value;
        if (Partition.Find(region) is not { } partition) return null;
        string? suffix = parts["dual"].Success ? partition.RegistryDualStackSuffix : partition.DnsSuffix;
        return parts["suffix"].Value == suffix ? new(host) { RegistryId = parts["account"].Value, Region = region } : null;
    }

    /// <summary>The host.</summary>
    public override string ToString() => Value;

    // https://docs.aws.amazon.com/general/latest/gr/ecr.html
    [GeneratedRegex(@"\A(?<account>\d{12})\.dkr(\.|(?<dual>-))ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(?<suffix>[a-z0-9.-]+)\z",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Pattern();
}
