using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>Makes the values of a file from the model, in a stable order, and leaves out what it does not say.</summary>
internal static class StateWriter
{
    /// <summary>The file's values.</summary>
    /// <param name="state">The state.</param>
    public static JsonObject Write(PizzaState state)
    {
        JsonObject root = [];
        Put(root, "defaults", Repository(state.Defaults));
        if (state.Repositories is { } repositories)
            root["repositories"] = Object(repositories.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)Repository(r.Value))));
        if (state.Roles is { } roles) root["roles"] = Object(roles.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)Role(r.Value))));
        return root;
    }

    private static JsonObject Repository(RepositoryState repository)
    {
        JsonObject entry = [], access = [];
        Put(entry, "imageTagMutability", repository.ImageTagMutability);
        Put(entry, "mutabilityExclusion", List(repository.MutabilityExclusion));
        if (repository.ScanOnPush is { } scan) entry["scanOnPush"] = scan;
        Put(entry, "encryptionType", repository.EncryptionType);
        Put(entry, "kmsKey", repository.KmsKey);
        Put(entry, "tags", Map(repository.Tags));
        Put(entry, "lifecycle", new JsonArray([.. (repository.Lifecycle ?? []).Select(Rule)]));
        Put(access, "pull", List(repository.Pull));
        Put(access, "push", List(repository.Push));
        Put(access, "otherStatements", Map(repository.OtherStatements));
        Put(entry, "access", access);
        return entry;
    }

    private static JsonObject Rule(LifecycleRule rule)
    {
        JsonObject entry = [];
        LifecycleRule bare = rule with { Priority = 0 };
        LifecycleRule? usual = StateRules.Usual(rule);
        if (usual is { TagStatus: "untagged" }) entry["untaggedDays"] = rule.CountNumber;
        else if (usual is not null)
        {
            entry["keepLast"] = rule.CountNumber;
            Put(entry, "tagPattern", List(rule.TagPattern));
        }
        else
        {
            entry["tagStatus"] = rule.TagStatus;
            Put(entry, "tagPattern", List(rule.TagPattern));
            Put(entry, "tagPrefix", List(rule.TagPrefix));
            (entry["countType"], entry["countNumber"]) = (rule.CountType, rule.CountNumber);
            Put(entry, "storageClass", rule.IsArchive ? rule.StorageClass : null);
            Put(entry, "action", rule.Action == "expire" ? null : rule.Action);
        }
        if (bare.Description != usual?.Description) Put(entry, "description", bare.Description);
        return entry;
    }

    private static JsonObject Role(RoleState role)
    {
        JsonObject entry = new() { ["trust"] = List(role.Trust) };
        Put(entry, "policyName", role.PolicyName);
        Put(entry, "taskRoles", List(role.TaskRoles));
        Put(entry, "push", Object(role.Push.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Push(p.Value)))));
        Put(entry, "otherStatements", Map(role.OtherStatements));
        return entry;
    }

    private static JsonObject Push(PushState push)
    {
        JsonObject entry = [];
        Put(entry, "cluster", push.Cluster);
        Put(entry, "service", push.Service);
        if (push.IncludePull) entry["includePull"] = true;
        if (push.IncludeVerify) entry["includeVerify"] = true;
        if (push.IncludeDeploy) entry["includeDeploy"] = true;
        return entry;
    }

    private static JsonArray List(IEnumerable<string>? texts) => [.. (texts ?? []).Select(t => JsonValue.Create(t))];

    private static JsonObject Map(IReadOnlyDictionary<string, string>? map) => Object((map ?? new Dictionary<string, string>())
        .OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> members) => new(members);

    private static void Put(JsonObject entry, string name, string? text)
    {
        if (text is not null) entry[name] = text;
    }

    private static void Put(JsonObject entry, string name, JsonArray list)
    {
        if (list.Count > 0) entry[name] = list;
    }

    private static void Put(JsonObject entry, string name, JsonObject map)
    {
        if (map.Count > 0) entry[name] = map;
    }
}
