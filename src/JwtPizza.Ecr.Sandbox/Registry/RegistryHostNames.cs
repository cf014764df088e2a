using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Ecr;

namespace JwtPizza.Ecr.Sandbox.Registry;

/// <summary>
/// Hosts of single registries, <c>ACCOUNT.dkr.ecr.REGION.localhost</c>, so that a client keeps a login for each, as with AWS. Names that
/// end so are those of this machine (https://www.rfc-editor.org/rfc/rfc6761#section-6.3), but not every resolver knows that.
/// </summary>
internal sealed partial class RegistryHostNames
{
    private readonly Dictionary<(string RegistryId, string Region), string> _names = [];

    private RegistryHostNames() { }

    /// <summary>The hosts, without a port.</summary>
    public IReadOnlyCollection<string> All => _names.Values;

    /// <summary>Reads names, each of which must lead to this machine.</summary>
    /// <exception cref="PizzaException"><c>InvalidRegistryHost</c>.</exception>
    public static RegistryHostNames Parse(IEnumerable<string> names)
    {
        RegistryHostNames all = new();
        foreach (string name in names)
        {
            if (RegistryOf(name) is not { } registry || name.Contains(':', StringComparison.Ordinal))
                throw Invalid(name, "is not the name of a registry here: write it as 123456789012.dkr.ecr.us-east-1.localhost");
            CheckLeadsHere(name);
            all._names[registry] = name;
        }
        return all;
    }

    /// <summary>The registry that a host names, with any port; null when it names none.</summary>
    public static (string RegistryId, string Region)? RegistryOf(string? host) =>
        host is not null && Pattern().Match(host) is { Success: true, Groups: var parts }
            ? (parts["account"].Value, parts["region"].Value)
            : null;

    /// <summary>The host of a registry; null where it has none of its own.</summary>
    public string? Of(EcrRegistry registry) => _names.GetValueOrDefault((registry.RegistryId, registry.Region));

    private static void CheckLeadsHere(string name)
    {
        IPAddress[] addresses;
        try { addresses = Dns.GetHostAddresses(name); }
        catch (SocketException) { addresses = []; }
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, IPAddress.IsLoopback))
        {
            throw Invalid(name,
                $"does not lead to this machine here. Add the line '127.0.0.1 {name}' to the file of hosts, or leave the name out");
        }
    }

    private static PizzaException Invalid(string name, string why) =>
        new("InvalidRegistryHost", PizzaErrorKind.InvalidArgument, $"'{name}' {why}.", name);

    [GeneratedRegex(@"\A(?<account>[0-9]{12})\.dkr\.ecr\.(?<region>[a-z0-9-]{2,25})\.localhost(?::[0-9]+)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
