using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The policies of repositories and of the registry.</summary>
internal static class PolicyOperations
{
    private static readonly string[] s_ofScopeV1 = ["ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

    public static JsonObject SetOfRepository(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ResourcePolicy policy = ResourcePolicy.Parse(call.Input.RequiredText("policyText"), "repository", call.Registry.Service);
        call.World.PolicyKeeper?.CheckPrincipals(policy, "repository");
        call.World.PolicyKeeper?.CheckLockout(call, policy);
        repository.Set(s => s with { Policy = PolicyPrinter.Print(policy.Text, call.Registry.Partition.Name) });
        return Json(repository, Require(repository));
    }

    public static JsonObject GetOfRepository(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        return Json(repository, Require(repository));
    }

    public static JsonObject DeleteOfRepository(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ResourcePolicy gone = Require(repository);
        repository.Set(s => s with { Policy = null });
        return Json(repository, gone);
    }

    public static JsonObject PutOfRegistry(EcrCall call)
    {
        ResourcePolicy policy = ResourcePolicy.Parse(call.Input.RequiredText("policyText"), "registry", call.Registry.Service);
        call.World.PolicyKeeper?.CheckPrincipals(policy, "registry");
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-scope.html
        if (call.Registry.Settings.AccountSettings.GetValueOrDefault(RegistryOperations.PolicyScope) == "V1"
            && policy.Actions.Except(s_ofScopeV1, StringComparer.OrdinalIgnoreCase).Any())
            throw JsonArguments.Invalid("PolicyText", "Invalid registry policy provided");
        call.Registry.Settings = call.Registry.Settings with { Policy = PolicyPrinter.Print(policy.Text, call.Registry.Partition.Name) };
        return Json(call.Registry, Require(call.Registry));
    }

    public static JsonObject GetOfRegistry(EcrCall call) => Json(call.Registry, Require(call.Registry));

    public static JsonObject DeleteOfRegistry(EcrCall call)
    {
        ResourcePolicy gone = Require(call.Registry);
        call.Registry.Settings = call.Registry.Settings with { Policy = null };
        return Json(call.Registry, gone);
    }

    private static ResourcePolicy Require(StoredRepository repository) =>
        repository.Policy ?? throw new ApiError("RepositoryPolicyNotFoundException",
        $"Repository policy does not exist for the repository with name '{repository.Name}' in the registry with id " +
        $"'{repository.Registry.RegistryId}'");

    private static ResourcePolicy Require(EcrRegistry registry) => registry.Policy ?? throw new ApiError("RegistryPolicyNotFoundException",
        $"Registry policy does not exist in the registry with id '{registry.RegistryId}'");

    private static JsonObject Json(StoredRepository repository, ResourcePolicy policy) =>
        Answer.Of(("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name), ("policyText", policy.Text));

    private static JsonObject Json(EcrRegistry registry, ResourcePolicy policy) =>
        Answer.Of(("registryId", registry.RegistryId), ("policyText", policy.Text));
}
