using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Groups, and the users in them.</summary>
internal static class GroupOperations
{
    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        (string name, string path) = (call.Required("GroupName"), call["Path"] ?? "/");
        if (account.Groups.ContainsKey(name)) throw AlreadyExists(name);
        if (account.Groups.Count == IamRules.MaxGroups) throw IamErrors.Quota("GroupsPerAccount", IamRules.MaxGroups);
        Group group = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("AGPA"), Arn = account.Arn($"group{path}{name}"), CreatedAt = account.Now,
        };
        account.Groups.Add(name, group);
        return [El("Group", IamXml.Summary(group))];
    }

    public static XElement[] Get(IamCall call)
    {
        Group group = call.Group;
        IEnumerable<User> members = call.Account.Users.Values.Where(u => u.Groups.Contains(group.Name));
        return [El("Group", IamXml.Summary(group)),
            .. call.Page(members, u => u.Name, page => [QueryXml.List("Users", page, IamXml.Summary)])];
    }

    public static XElement[] List(IamCall call) =>
        Page(call, call.Account.Groups.Values.Where(g => g.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)));

    public static XElement[] ListOfUser(IamCall call) =>
        Page(call, call.User.Groups.Select(g => call.Account.Groups.GetValueOrDefault(g)).OfType<Group>());

    public static XElement[]? Update(IamCall call)
    {
        (IamAccount account, Group group) = (call.Account, call.Group);
        (string old, string name) = (group.Name, call["NewGroupName"] ?? group.Name);
        if (account.Groups.GetValueOrDefault(name) is { } other && other != group) throw AlreadyExists(name);
        account.Groups.Remove(old);
        (group.Name, group.Path) = (name, call["NewPath"] ?? group.Path);
        group.Arn = account.Arn($"group{group.Path}{name}");
        account.Groups.Add(name, group);
        foreach (User user in account.Users.Values)
        {
            if (user.Groups.Remove(old)) user.Groups.Add(name);
        }
        return null;
    }

    public static XElement[]? Delete(IamCall call)
    {
        Group group = call.Group;
        if (call.Account.Users.Values.Any(u => u.Groups.Contains(group.Name)))
            throw IamErrors.DeleteConflict("Cannot delete entity, must remove users from group first.");
        IamErrors.RequireBare(group);
        call.Account.Groups.Remove(group.Name);
        return null;
    }

    public static XElement[]? AddUser(IamCall call)
    {
        (Group group, User user) = (call.Group, call.User);
        if (user.Groups.Count == IamRules.MaxGroupsPerUser && !user.Groups.Contains(group.Name))
            throw IamErrors.Quota("GroupsPerUser", IamRules.MaxGroupsPerUser);
        user.Groups.Add(group.Name);
        return null;
    }

    public static XElement[]? RemoveUser(IamCall call)
    {
        (User user, Group group) = (call.User, call.Group);
        user.Groups.Remove(group.Name);
        return null;
    }

    private static XElement[] Page(IamCall call, IEnumerable<Group> groups) =>
        call.Page(groups, g => g.Name, page => [QueryXml.List("Groups", page, IamXml.Summary)]);

    private static ApiError AlreadyExists(string name) => IamErrors.AlreadyExists($"Group with name {name} already exists.");
}
