using System.Security.Cryptography;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Users and their access keys.</summary>
internal static class UserOperations
{
    public static XElement[] Create(IamCall call)
    {
        IamAccount account = call.Account;
        (string name, string path) = (call.Required("UserName"), call["Path"] ?? "/");
        IReadOnlyList<KeyValuePair<string, string>> tags = Tagging.New(call);
        string? boundary = Boundaries.Of(call);
        if (account.Users.ContainsKey(name)) throw AlreadyExists(name);
        if (account.Users.Count == IamRules.MaxUsers) throw IamErrors.Quota("UsersPerAccount", IamRules.MaxUsers);
        User user = new()
        {
            Name = name, Path = path, Id = IamAccount.NewId("AIDA"), Arn = account.Arn($"user{path}{name}"), CreatedAt = account.Now,
            PermissionsBoundary = boundary, Tags = tags,
        };
        account.Users.Add(name, user);
        return [El("User", IamXml.Whole(user))];
    }

    /// <summary>Without a name, the user who calls. For an account's root, AWS returns that.</summary>
    public static XElement[] Get(IamCall call) => call["UserName"] is null && call.Who.Arn == call.Account.Arn("root")
        ? [El("User", El("Path", "/"), El("UserId", call.Account.AccountId), El("Arn", call.Who.Arn), El("CreateDate", call.Account.Now))]
        : [El("User", IamXml.Whole(call.User))];

    public static XElement[] List(IamCall call) => call.Page(
        call.Account.Users.Values.Where(u => u.Path.StartsWith(call.PathPrefix, StringComparison.Ordinal)), u => u.Name,
        page => [QueryXml.List("Users", page, IamXml.Summary)]);

    public static XElement[]? Update(IamCall call)
    {
        (IamAccount account, User user) = (call.Account, call.User);
        string name = call["NewUserName"] ?? user.Name;
        if (account.Users.GetValueOrDefault(name) is { } other && other != user) throw AlreadyExists(name);
        account.Users.Remove(user.Name);
        (user.Name, user.Path) = (name, call["NewPath"] ?? user.Path);
        user.Arn = account.Arn($"user{user.Path}{name}");
        account.Users.Add(name, user);
        return null;
    }

    public static XElement[]? Delete(IamCall call)
    {
        User user = call.User;
        if (user.Groups.Count > 0) throw IamErrors.DeleteConflict("Cannot delete entity, must remove users from group first.");
        IamErrors.RequireBare(user);
        if (user.AccessKeys.Count > 0) throw IamErrors.DeleteConflict("Cannot delete entity, must delete access keys first.");
        call.Account.Users.Remove(user.Name);
        return null;
    }

    public static XElement[] CreateKey(IamCall call)
    {
        User user = call.User;
        if (user.AccessKeys.Count == IamRules.MaxAccessKeys) throw IamErrors.Quota("AccessKeysPerUser", IamRules.MaxAccessKeys);
        string id = "AKIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        AccessKey key = new(id, Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)), call.Account.Now, IsActive: true);
        user.AccessKeys.Add(key);
        return [El("AccessKey", [.. Xml(user, key), El("SecretAccessKey", key.Secret)])];
    }

    public static XElement[] ListKeys(IamCall call)
    {
        User user = call.User;
        return call.Page(user.AccessKeys, k => k.Id, page => [QueryXml.List("AccessKeyMetadata", page, k => Xml(user, k))]);
    }

    public static XElement[]? UpdateKey(IamCall call)
    {
        (User user, AccessKey key) = Key(call);
        user.AccessKeys[user.AccessKeys.IndexOf(key)] = key with { IsActive = call.Required("Status") == "Active" };
        return null;
    }

    public static XElement[]? DeleteKey(IamCall call)
    {
        (User user, AccessKey key) = Key(call);
        user.AccessKeys.Remove(key);
        return null;
    }

    public static Func<IamCall, XElement[]?> LastUsed(IamWorld world) => call =>
    {
        string id = call.Required("AccessKeyId");
        User user = call.Account.Users.Values.FirstOrDefault(u => u.AccessKeys.Exists(k => k.Id == id))
            ?? throw new ApiError("AccessDenied",
                $"User: {call.Who.Arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}", 403);
        KeyUse? use = world.LastUseOf(id);
        return
        [
            El("UserName", user.Name),
            El("AccessKeyLastUsed", use is null ? null : El("LastUsedDate", use.At), El("ServiceName", use?.Service ?? "N/A"),
                El("Region", use?.Region ?? "N/A")),
        ];
    };

    private static object[] Xml(User user, AccessKey key) =>
        [El("UserName", user.Name), El("AccessKeyId", key.Id), El("Status", key.IsActive ? "Active" : "Inactive"),
            El("CreateDate", key.CreatedAt)];

    private static (User, AccessKey) Key(IamCall call)
    {
        (User user, string id) = (call.User, call.Required("AccessKeyId"));
        return (user,
            user.AccessKeys.Find(k => k.Id == id) ?? throw IamErrors.NoSuchEntity($"The Access Key with id {id} cannot be found."));
    }

    private static ApiError AlreadyExists(string name) => IamErrors.AlreadyExists($"User with name {name} already exists.");
}
