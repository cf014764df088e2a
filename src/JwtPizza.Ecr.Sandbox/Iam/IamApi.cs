using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Enforcement.IamNeeds;
using Operation = JwtPizza.Ecr.Sandbox.Http.Operation<JwtPizza.Ecr.Sandbox.Http.QueryCall, System.Collections.Generic.IEnumerable<System.Xml.Linq.XElement>?>;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>IAM: a row for each operation.</summary>
internal static class IamApi
{
    /// <param name="world">All accounts.</param>
    /// <param name="identify">Tells whose account a call is about, and who calls.</param>
    public static QueryService Over(IamWorld world, Func<Caller, (Readers Readers, Identity Who)> identify)
    {
        IamTable t = new(identify);
        return new("iam", "2010-05-08",
            [.. Roles(t), .. Users(t, world), .. Groups(t), .. Holders(t), .. Policies(t), .. Providers(t), .. InstanceProfiles(t),
                .. Account(t)]);
    }

    private static IEnumerable<Operation> Roles(IamTable t) =>
    [
        t.Writes("CreateRole", RoleOperations.Create, OfRole, "RoleName", "AssumeRolePolicyDocument"),
        t.Reads("GetRole", RoleOperations.Get, OfRole, "RoleName"),
        t.Reads("ListRoles", RoleOperations.List, OfRoles),
        t.Writes("DeleteRole", RoleOperations.Delete, OfRole, "RoleName"),
        t.Writes("UpdateRole", RoleOperations.Update, OfRole, "RoleName"),
        t.Writes("UpdateRoleDescription", RoleOperations.UpdateDescription, OfRole, "RoleName", "Description"),
        t.Writes("UpdateAssumeRolePolicy", RoleOperations.UpdateTrust, OfRole, "RoleName", "PolicyDocument"),
        t.Writes("PutRolePermissionsBoundary", c => Boundaries.Put(c, c.Role), OfRole, "RoleName", "PermissionsBoundary"),
        t.Writes("DeleteRolePermissionsBoundary", c => Boundaries.Delete(c.Role), OfRole, "RoleName"),
        t.Writes("TagRole", c => Tagging.Add(c, c.Role), OfRole, "RoleName", "Tags"),
        t.Writes("UntagRole", c => Tagging.Remove(c, c.Role), OfRole, "RoleName", "TagKeys"),
        t.Reads("ListRoleTags", c => Tagging.List(c, c.Role), OfRole, "RoleName"),
        t.Writes("CreateServiceLinkedRole", ServiceRoleOperations.Create, OfServiceRole, "AWSServiceName"),
        t.Writes("DeleteServiceLinkedRole", ServiceRoleOperations.Delete, OfRole, "RoleName"),
        t.Reads("GetServiceLinkedRoleDeletionStatus", ServiceRoleOperations.DeletionStatus, OfAll, "DeletionTaskId"),
    ];

    private static IEnumerable<Operation> Users(IamTable t, IamWorld world) =>
    [
        t.Writes("CreateUser", UserOperations.Create, OfUser, "UserName"),
        t.Reads("GetUser", UserOperations.Get, OfUser),
        t.Reads("ListUsers", UserOperations.List, OfUsers),
        t.Writes("UpdateUser", UserOperations.Update, OfUser, "UserName"),
        t.Writes("DeleteUser", UserOperations.Delete, OfUser, "UserName"),
        t.Writes("PutUserPermissionsBoundary", c => Boundaries.Put(c, c.User), OfUser, "UserName", "PermissionsBoundary"),
        t.Writes("DeleteUserPermissionsBoundary", c => Boundaries.Delete(c.User), OfUser, "UserName"),
        t.Writes("TagUser", c => Tagging.Add(c, c.User), OfUser, "UserName", "Tags"),
        t.Writes("UntagUser", c => Tagging.Remove(c, c.User), OfUser, "UserName", "TagKeys"),
        t.Reads("ListUserTags", c => Tagging.List(c, c.User), OfUser, "UserName"),
        t.Writes("CreateAccessKey", UserOperations.CreateKey, OfUser),
        t.Reads("ListAccessKeys", UserOperations.ListKeys, OfUser),
        t.Writes("UpdateAccessKey", UserOperations.UpdateKey, OfUser, "AccessKeyId", "Status"),
        t.Writes("DeleteAccessKey", UserOperations.DeleteKey, OfUser, "AccessKeyId"),
        t.Reads("GetAccessKeyLastUsed", UserOperations.LastUsed(world), OfUser, "AccessKeyId"),
        t.Reads("ListGroupsForUser", GroupOperations.ListOfUser, OfUser, "UserName"),
    ];

    private static IEnumerable<Operation> Groups(IamTable t) =>
    [
        t.Writes("CreateGroup", GroupOperations.Create, OfGroup, "GroupName"),
        t.Reads("GetGroup", GroupOperations.Get, OfGroup, "GroupName"),
        t.Reads("ListGroups", GroupOperations.List, OfGroups),
        t.Writes("UpdateGroup", GroupOperations.Update, OfGroup, "GroupName"),
        t.Writes("DeleteGroup", GroupOperations.Delete, OfGroup, "GroupName"),
        t.Writes("AddUserToGroup", GroupOperations.AddUser, OfGroup, "GroupName", "UserName"),
        t.Writes("RemoveUserFromGroup", GroupOperations.RemoveUser, OfGroup, "GroupName", "UserName"),
    ];

    /// <summary>What roles, users and groups have alike.</summary>
    private static IEnumerable<Operation> Holders(IamTable t) =>
        [.. Of(t, "Role", c => c.Role, OfRole), .. Of(t, "User", c => c.User, OfUser), .. Of(t, "Group", c => c.Group, OfGroup)];

    private static IEnumerable<Operation> Of(IamTable t, string kind, Func<IamCall, PolicyHolder> holder, Func<IamCall, string> resource) =>
    [
        t.Writes($"Put{kind}Policy", c => InlinePolicyOperations.Put(c, holder(c)), resource, kind + "Name", "PolicyName",
            "PolicyDocument"),
        t.Reads($"Get{kind}Policy", c => InlinePolicyOperations.Get(c, holder(c)), resource, kind + "Name", "PolicyName"),
        t.Writes($"Delete{kind}Policy", c => InlinePolicyOperations.Delete(c, holder(c)), resource, kind + "Name", "PolicyName"),
        t.Reads($"List{kind}Policies", c => InlinePolicyOperations.List(c, holder(c)), resource, kind + "Name"),
        t.Writes($"Attach{kind}Policy", c => AttachmentOperations.Attach(c, holder(c)), resource, kind + "Name", "PolicyArn"),
        t.Writes($"Detach{kind}Policy", c => AttachmentOperations.Detach(c, holder(c)), resource, kind + "Name", "PolicyArn"),
        t.Reads($"ListAttached{kind}Policies", c => AttachmentOperations.List(c, holder(c)), resource, kind + "Name"),
    ];

    private static IEnumerable<Operation> Policies(IamTable t) =>
    [
        t.Writes("CreatePolicy", PolicyOperations.Create, OfNewPolicy, "PolicyName", "PolicyDocument"),
        t.Reads("GetPolicy", PolicyOperations.Get, OfPolicy, "PolicyArn"),
        t.Reads("ListPolicies", PolicyOperations.List, OfAll),
        t.Writes("DeletePolicy", PolicyOperations.Delete, OfPolicy, "PolicyArn"),
        t.Reads("ListEntitiesForPolicy", AttachmentOperations.ListEntities, OfPolicy, "PolicyArn"),
        t.Reads("GetPolicyVersion", PolicyVersionOperations.Get, OfPolicy, "PolicyArn", "VersionId"),
        t.Reads("ListPolicyVersions", PolicyVersionOperations.List, OfPolicy, "PolicyArn"),
        t.Writes("CreatePolicyVersion", PolicyVersionOperations.Create, OfPolicy, "PolicyArn", "PolicyDocument"),
        t.Writes("DeletePolicyVersion", PolicyVersionOperations.Delete, OfPolicy, "PolicyArn", "VersionId"),
        t.Writes("SetDefaultPolicyVersion", PolicyVersionOperations.SetDefault, OfPolicy, "PolicyArn", "VersionId"),
        t.Writes("TagPolicy", c => Tagging.Add(c, PolicyOperations.Own(c)), OfPolicy, "PolicyArn", "Tags"),
        t.Writes("UntagPolicy", c => Tagging.Remove(c, PolicyOperations.Own(c)), OfPolicy, "PolicyArn", "TagKeys"),
        t.Reads("ListPolicyTags", c => Tagging.List(c, PolicyOperations.Existing(c)), OfPolicy, "PolicyArn"),
        t.Reads("SimulateCustomPolicy", SimulationOperations.Custom, OfAll, "PolicyInputList", "ActionNames"),
        t.Reads("SimulatePrincipalPolicy", SimulationOperations.OfPrincipal, OfSource, "PolicySourceArn", "ActionNames"),
    ];

    private static IEnumerable<Operation> Providers(IamTable t) =>
    [
        t.Writes("CreateOpenIDConnectProvider", ProviderOperations.Create, OfNewProvider, "Url"),
        t.Reads("GetOpenIDConnectProvider", ProviderOperations.Get, OfProvider, "OpenIDConnectProviderArn"),
        t.Reads("ListOpenIDConnectProviders", ProviderOperations.List, OfAll),
        t.Writes("DeleteOpenIDConnectProvider", ProviderOperations.Delete, OfProvider, "OpenIDConnectProviderArn"),
        t.Writes("AddClientIDToOpenIDConnectProvider", ProviderOperations.AddClientId, OfProvider, "OpenIDConnectProviderArn", "ClientID"),
        t.Writes("RemoveClientIDFromOpenIDConnectProvider", ProviderOperations.RemoveClientId, OfProvider, "OpenIDConnectProviderArn",
            "ClientID"),
        t.Writes("UpdateOpenIDConnectProviderThumbprint", ProviderOperations.UpdateThumbprint, OfProvider, "OpenIDConnectProviderArn",
            "ThumbprintList"),
        t.Writes("TagOpenIDConnectProvider", c => Tagging.Add(c, ProviderOperations.Existing(c)), OfProvider, "OpenIDConnectProviderArn",
            "Tags"),
        t.Writes("UntagOpenIDConnectProvider", c => Tagging.Remove(c, ProviderOperations.Existing(c)), OfProvider,
            "OpenIDConnectProviderArn", "TagKeys"),
        t.Reads("ListOpenIDConnectProviderTags", c => Tagging.List(c, ProviderOperations.Existing(c)), OfProvider,
            "OpenIDConnectProviderArn"),
    ];

    private static IEnumerable<Operation> InstanceProfiles(IamTable t) =>
    [
        t.Writes("CreateInstanceProfile", InstanceProfileOperations.Create, OfInstanceProfile, "InstanceProfileName"),
        t.Reads("GetInstanceProfile", InstanceProfileOperations.Get, OfInstanceProfile, "InstanceProfileName"),
        t.Reads("ListInstanceProfiles", InstanceProfileOperations.List, OfInstanceProfiles),
        t.Reads("ListInstanceProfilesForRole", InstanceProfileOperations.ListOfRole, OfRole, "RoleName"),
        t.Writes("DeleteInstanceProfile", InstanceProfileOperations.Delete, OfInstanceProfile, "InstanceProfileName"),
        t.Writes("AddRoleToInstanceProfile", InstanceProfileOperations.AddRole, OfInstanceProfile, "InstanceProfileName", "RoleName"),
        t.Writes("RemoveRoleFromInstanceProfile", InstanceProfileOperations.RemoveRole, OfInstanceProfile, "InstanceProfileName",
            "RoleName"),
        t.Writes("TagInstanceProfile", c => Tagging.Add(c, InstanceProfileOperations.Named(c)), OfInstanceProfile, "InstanceProfileName",
            "Tags"),
        t.Writes("UntagInstanceProfile", c => Tagging.Remove(c, InstanceProfileOperations.Named(c)), OfInstanceProfile,
            "InstanceProfileName", "TagKeys"),
        t.Reads("ListInstanceProfileTags", c => Tagging.List(c, InstanceProfileOperations.Named(c)), OfInstanceProfile,
            "InstanceProfileName"),
    ];

    private static IEnumerable<Operation> Account(IamTable t) =>
    [
        t.Reads("GetAccountSummary", AccountOperations.Summary, OfAll),
        t.Reads("GetAccountAuthorizationDetails", AuthorizationDetails.Get, OfAll),
        t.Writes("CreateAccountAlias", AccountOperations.CreateAlias, OfAll, "AccountAlias"),
        t.Writes("DeleteAccountAlias", AccountOperations.DeleteAlias, OfAll, "AccountAlias"),
        t.Reads("ListAccountAliases", AccountOperations.ListAliases, OfAll),
    ];
}
