using System.Xml.Linq;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM's entities in XML, each with just the members that AWS returns in that place.</summary>
internal static class IamXml
{
    /// <summary>A document as IAM returns it: URL-encoded by RFC 3986, so that a space is %20 and a plus is %2B.</summary>
    public static XElement Document(string name, string document) => El(name, Uri.EscapeDataString(document));

    public static object?[] Summary(Role role) =>
    [
        El("Path", role.Path), El("RoleName", role.Name), El("RoleId", role.Id), El("Arn", role.Arn), El("CreateDate", role.CreatedAt),
        Document("AssumeRolePolicyDocument", role.TrustPolicy),
        role.Description is null ? null : El("Description", role.Description),
        El("MaxSessionDuration", role.MaxSessionDuration),
    ];

    /// <summary>With boundary and tags, which lists leave out.</summary>
    public static object?[] Whole(Role role) =>
    [
        .. Summary(role),
        role.PermissionsBoundary is { } boundary ? El("PermissionsBoundary", El("PermissionsBoundaryType", "Policy"), El("PermissionsBoundaryArn", boundary)) : null,
        role.Tags.Count == 0 ? null : Tags(role.Tags),
    ];

    public static object?[] Summary(ManagedPolicy policy, int attachments) =>
    [
        El("PolicyName", policy.Name), El("PolicyId", policy.Id), El("Arn", policy.Arn), El("Path", policy.Path),
        El("DefaultVersionId", policy.Default.Id), El("AttachmentCount", attachments), El("PermissionsBoundaryUsageCount", 0), El("IsAttachable", true),
        El("CreateDate", policy.CreatedAt), El("UpdateDate", policy.UpdatedAt),
    ];

    /// <summary>With description and tags, which lists leave out.</summary>
    public static object?[] Whole(ManagedPolicy policy, int attachments) =>
        [.. Summary(policy, attachments), policy.Description is null ? null : El("Description", policy.Description), policy.Tags.Count == 0 ? null : Tags(policy.Tags)];

    /// <summary>Without the document, which only GetPolicyVersion returns.</summary>
    public static object?[] Summary(ManagedPolicy policy, PolicyVersion version) =>
        [El("VersionId", version.Id), El("IsDefaultVersion", version == policy.Default), El("CreateDate", version.CreatedAt)];
}
