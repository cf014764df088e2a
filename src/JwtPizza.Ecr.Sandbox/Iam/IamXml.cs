using System.Xml.Linq;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM's entities in XML, each with just the members that AWS returns in that place.</summary>
internal static class IamXml
{
    /// <summary>A document as IAM returns it: URL-encoded by RFC 3986, so that a space is %20 and a plus is %2B.</summary>
    public static XElement Document(string name, string document) => El(name, Uri.EscapeDataString(document));

    /// <summary>Where a role is named among other things.</summary>
    public static object?[] Summary(Role role) =>
    [
        El("Path", role.Path), El("RoleName", role.Name), El("RoleId", role.Id), El("Arn", role.Arn), El("CreateDate", role.CreatedAt),
        Document("AssumeRolePolicyDocument", role.TrustPolicy),
    ];

    /// <summary>A new role, of which AWS returns neither the description nor the longest session.</summary>
    public static object?[] Created(Role role) => [.. Summary(role), Boundary(role), TagsOf(role)];

    /// <summary>A role in a list, without boundary and tags.</summary>
    public static object?[] Listed(Role role) =>
        [.. Summary(role), role.Description is null ? null : El("Description", role.Description),
            El("MaxSessionDuration", role.MaxSessionDuration)];

    public static object?[] Whole(Role role) => [.. Listed(role), Boundary(role), TagsOf(role), El("RoleLastUsed")];

    public static object?[] Summary(User user) =>
        [El("Path", user.Path), El("UserName", user.Name), El("UserId", user.Id), El("Arn", user.Arn), El("CreateDate", user.CreatedAt)];

    public static object?[] Whole(User user) => [.. Summary(user), Boundary(user), TagsOf(user)];

    public static object?[] Summary(Group group) =>
        [El("Path", group.Path), El("GroupName", group.Name), El("GroupId", group.Id), El("Arn", group.Arn),
            El("CreateDate", group.CreatedAt)];

    public static object?[] Summary(InstanceProfile profile, IamAccount account) =>
    [
        El("Path", profile.Path), El("InstanceProfileName", profile.Name), El("InstanceProfileId", profile.Id), El("Arn", profile.Arn),
        El("CreateDate", profile.CreatedAt),
        List("Roles", profile.RoleName is { } name && account.Roles.GetValueOrDefault(name) is { } role ? [role] : Array.Empty<Role>(),
            Summary),
    ];

    public static object?[] Summary(ManagedPolicy policy, IamAccount account) =>
    [
        El("PolicyName", policy.Name), El("PolicyId", policy.Id), El("Arn", policy.Arn), El("Path", policy.Path),
        El("DefaultVersionId", policy.Default.Id), El("AttachmentCount", account.AttachmentCount(policy)),
        El("PermissionsBoundaryUsageCount", account.BoundaryCount(policy)), El("IsAttachable", true),
        El("CreateDate", policy.CreatedAt), El("UpdateDate", policy.UpdatedAt),
    ];

    /// <summary>With the description, which lists leave out.</summary>
    public static object?[] Described(ManagedPolicy policy, IamAccount account) =>
        [.. Summary(policy, account), policy.Description is null ? null : El("Description", policy.Description)];

    /// <summary>Without the document, which only GetPolicyVersion returns.</summary>
    public static object?[] Summary(ManagedPolicy policy, PolicyVersion version) =>
        [El("VersionId", version.Id), El("IsDefaultVersion", version == policy.Default), El("CreateDate", version.CreatedAt)];

    public static object?[] Attached(ManagedPolicy policy) => [El("PolicyName", policy.Name), El("PolicyArn", policy.Arn)];

    public static XElement? Boundary(PolicyHolder holder) => holder.PermissionsBoundary is not { } boundary ? null
        : El("PermissionsBoundary", El("PermissionsBoundaryType", "Policy"), El("PermissionsBoundaryArn", boundary));

    public static XElement? TagsOf(PolicyHolder holder) => holder.Tags.Count == 0 ? null : Tags(holder.Tags);
}
