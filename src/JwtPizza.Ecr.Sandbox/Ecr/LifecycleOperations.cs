using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The lifecycle policy of a repository.</summary>
internal static class LifecycleOperations
{
    public static JsonObject Put(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        repository.LifecyclePolicyText = Check(call.Input.RequiredText("lifecyclePolicyText"));
        return Json(repository);
    }

    public static JsonObject Get(EcrCall call) => Json(WithPolicy(call));

    public static JsonObject Delete(EcrCall call)
    {
        StoredRepository repository = WithPolicy(call);
        JsonObject gone = Json(repository);
        repository.LifecyclePolicyText = null;
        return gone;
    }

    private static StoredRepository WithPolicy(EcrCall call) => call.Repository() is { LifecyclePolicyText: not null } repository
        ? repository
        : throw new ApiError("LifecyclePolicyNotFoundException",
            $"Lifecycle policy does not exist for the repository with name '{call.NewRepositoryName()}' in the registry with id '{call.Registry.RegistryId}'");

    private static JsonObject Json(StoredRepository repository) => Answer.Of(
        ("registryId", repository.Registry.RegistryId), ("repositoryName", repository.Name), ("lifecyclePolicyText", repository.LifecyclePolicyText));

    /// <summary>The policy as ECR keeps it: sorted by priority, in one line.</summary>
    private static string Check(string text)
    {
        try { return LifecyclePolicy.Parse(text).Text; }
        catch (PizzaException e)
        {
            throw new ApiError("InvalidParameterException",
                $"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: {e.Message}'");
        }
    }
}
