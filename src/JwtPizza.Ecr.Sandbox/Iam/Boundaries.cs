using System.Xml.Linq;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The policies that bound what roles and users may do.</summary>
internal static class Boundaries
{
    public static XElement[]? Put(IamCall call, PolicyHolder holder)
    {
        holder.PermissionsBoundary = Of(call);
        return null;
    }

    public static XElement[]? Delete(PolicyHolder holder)
    {
        if (holder.PermissionsBoundary is null)
            throw IamErrors.NoSuchEntity(
                $"The {(holder is Role ? "role" : "user")} with name {holder.Name} does not have a permissions boundary.");
        holder.PermissionsBoundary = null;
        return null;
    }

    /// <summary>The boundary that the call names, if it is a policy; null for none.</summary>
    public static string? Of(IamCall call)
    {
        if (call["PermissionsBoundary"] is not { } arn) return null;
        if (!PolicyOperations.IsPolicyArn(arn)) throw IamErrors.InvalidInput($"ARN {arn} is not valid.");
        return call.Account.FindPolicy(arn)?.Arn ?? throw IamErrors.NoSuchEntity($"Scope ARN: {arn} does not exist or is not attachable.");
    }
}
