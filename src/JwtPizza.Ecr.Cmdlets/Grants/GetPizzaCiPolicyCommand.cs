using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Cmdlets.Trust;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Cmdlets.Grants;

/// <summary>Gets what the policies of CI roles allow for Amazon ECR repositories.</summary>
/// <remarks>
/// <para>The output is one record for each role, policy, and repository that the policy names: whether it allows pushing, pulling, looking
/// at images, and redeploying the service. A policy can name a pattern instead of a repository. RepositoryName is then the pattern, and
/// Region and RegistryId are empty where the pattern leaves them open.</para>
/// <para>Conditions of statements are not evaluated, and neither are policies that are part of a role (inline policies). The service of a
/// repository is the one with the last part of its name. If a policy names one repository and one service, it is that service.</para>
/// </remarks>
/// <example>
/// <code>Get-PizzaCiPolicy</code>
/// Lists the repositories that CI roles can use, with the policies that allow it.
/// </example>
/// <example>
/// <code>Get-PizzaRepository old-* | Get-PizzaCiPolicy | Revoke-PizzaCiPolicy -WhatIf</code>
/// Shows what would be removed from the policies of CI roles that name these repositories.
/// </example>
[Cmdlet(VerbsCommon.Get, "PizzaCiPolicy")]
[OutputType(typeof(CiPolicyGrant))]
public sealed class GetPizzaCiPolicyCommand : RoleCmdlet
{
    private readonly Dictionary<AwsSession, CiPolicyReader> _readers = [];   // of all copies
    private readonly HashSet<string> _toldOf = [];
    private RepositoryReference[] _places = [];

    /// <summary>Specifies the repositories, by name, by URI, or by patterns with wildcards. With -Region or a URI, only repositories of
    /// that region are meant. The default is all that the policies name.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [RepositoryNames]
    [ArgumentCompleter(typeof(RepositoryNameCompleter))]
    public string[] RepositoryName { get; set; } = [];

    /// <summary>Specifies the roles that CI assumes, by name or by patterns with wildcards. The default is all roles that trust an OpenID
    /// Connect provider.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RoleNameCompleter))]
    public string[] RoleName { get; set; } = ["*"];

    /// <summary>Specifies the roles' managed policies, by name or by patterns with wildcards. The default is all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string? PolicyName { get; set; }

    /// <summary>Indicates that the repository is in ECR Public. The pipeline sets this parameter. Features that ECR Public does not support
    /// are rejected.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IsPublic")]
    public SwitchParameter Public { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken)
    {
        _places = [.. RepositoryName.Where(n => n.Length > 0).Select(n => PlaceOf(n, isPublic: Public))];
        return EachRoleAsync<GetPizzaCiPolicyCommand>(
            RoleName, (self, name, listed, token) => self.WriteAsync(name, listed is null, token), cancellationToken);
    }

    private async Task WriteAsync(string roleName, bool isNamed, CancellationToken cancellationToken)
    {
        CiPolicyReader reader = Reader();
        string policyName = string.IsNullOrEmpty(PolicyName) ? "*" : PolicyName;
        Func<string, bool> fits = NamePattern.Of(policyName);
        (string Name, string Arn)[] policies = [.. (await reader.AttachedAsync(roleName, cancellationToken)).Where(p => fits(p.Name))];
        if (policies is [] && isNamed && !WildcardPattern.ContainsWildcardCharacters(policyName))
            throw GetPizzaRolePolicyCommand.NotAttached(roleName, policyName);
        foreach ((_, string arn) in policies)
            await TryAsync(() => WriteAsync(reader, roleName, arn, cancellationToken), arn);
    }

    private async Task WriteAsync(CiPolicyReader reader, string roleName, string policyArn, CancellationToken cancellationToken)
    {
        PolicyInForce policy = await reader.ReadAsync(policyArn, cancellationToken);
        CiPolicyReach[] found =
            [.. CiPolicyReach.Of(policy.Document).Where(r => _places is [] || Array.Exists(_places, p => IsAt(r, p)))];
        if (found is [])
        {
            WriteVerbose($"The policy {policyArn} of the role '{roleName}' names no such repository.");
            return;
        }
        (string[]? holders, string? notSeen) = await reader.HoldersAsync(policyArn, cancellationToken);
        if (notSeen is not null && _toldOf.Add(policyArn)) WriteWarning(notSeen);
        foreach (CiPolicyReach reach in found)
            WriteObject(CiPolicyReader.Record(roleName, policyArn, policy.Document, policy.VersionId, reach) with { AttachedTo = holders });
    }

    private static bool IsAt(CiPolicyReach reach, RepositoryReference place) => NamePattern.Of(place.Name)(reach.RepositoryName)
        && Fits(place.Region, reach.Region) && Fits(place.RegistryId, reach.RegistryId);

    private static bool Fits(string? wanted, string there) => wanted is null || there.Length == 0 || there == wanted;

    private CiPolicyReader Reader() =>
        _readers.TryGetValue(Aws, out CiPolicyReader? reader) ? reader : _readers[Aws] = new(Aws.Iam);
}
