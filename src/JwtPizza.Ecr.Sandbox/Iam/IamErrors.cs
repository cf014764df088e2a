using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM's error codes with the HTTP status of AWS's service model.</summary>
internal static class IamErrors
{
    public static ApiError NoSuchEntity(string message) => new("NoSuchEntity", message, 404);

    public static ApiError AlreadyExists(string message) => new("EntityAlreadyExists", message, 409);

    public static ApiError LimitExceeded(string message) => new("LimitExceeded", message, 409);

    public static ApiError Quota(string quota, int limit) => LimitExceeded($"Cannot exceed quota for {quota}: {limit}");

    public static ApiError DeleteConflict(string message) => new("DeleteConflict", message, 409);

    public static ApiError InvalidInput(string message) => new("InvalidInput", message);

    public static ApiError Malformed(string message) => new("MalformedPolicyDocument", message);

    public static ApiError NoSuchPolicy(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    /// <summary>What has policies cannot be deleted.</summary>
    public static void RequireBare(PolicyHolder holder)
    {
        if (holder.Attached.Count > 0) throw DeleteConflict("Cannot delete entity, must detach all policies first.");
        if (holder.Inline.Count > 0) throw DeleteConflict("Cannot delete entity, must delete policies first.");
    }
}
