using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>What a state file holds: the one description of the format.</summary>
internal static class StateSchema
{
    private static readonly ListShape s_principals = new("Account IDs, ARNs of roles or users, or organization IDs (o-...).",
        new TextShape("An account ID, the ARN of a role or user, or an organization ID."));

    private static readonly MapShape s_others = new(
        "Policy statements that the module did not write. The file names them with a digest of their text; it does not hold them.",
        new TextShape("The digest of the statement, or '*' for any text."));

    /// <summary>A lifecycle rule, in short or in AWS's terms.</summary>
    internal static ObjectShape Rule { get; } = new("A lifecycle rule: untaggedDays, keepLast, or a rule in AWS's terms.",
        ("untaggedDays", new NumberShape("Deletes untagged images this number of days after their push.")),
        ("keepLast", new NumberShape("Keeps this number of the newest images, of those that match tagPattern if there is one.")),
        ("tagPattern", new ListShape("Tag patterns with '*'. An image must match all of them.", new TextShape("A tag pattern."))),
        ("tagPrefix", new ListShape("Beginnings of tags. An image must match all of them.", new TextShape("The beginning of a tag."))),
        ("tagStatus", new TextShape("Which images.", "tagged", "untagged", "any")),
        ("countType", new TextShape("What is counted.",
            "imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned")),
        ("countNumber", new NumberShape("How many images, or how many days.")),
        ("storageClass", new TextShape("The storage class of the images.", "standard", "archive")),
        ("action", new TextShape("What happens to the images.", "expire", "transition")),
        ("description", new TextShape("What the rule is for.")));

    internal static ObjectShape Repository { get; } = new("What a repository is to have.",
        ("imageTagMutability", new TextShape("Whether a tag can be pushed again. The default is MUTABLE.", "MUTABLE", "IMMUTABLE")),
        ("mutabilityExclusion", new ListShape("Tag patterns with '*' for which the opposite of imageTagMutability applies.",
            new TextShape("A tag pattern."))),
        ("scanOnPush", new FlagShape("Whether each image is scanned when it is pushed. The default is true.")),
        ("encryptionType", new TextShape("The encryption, which is fixed at creation. The default is AES256.",
            "AES256", "KMS", "KMS_DSSE")),
        ("kmsKey", new TextShape("The KMS key, by ID, ARN, or alias.")),
        ("tags", new MapShape("Resource tags.", new TextShape("The value of the tag."))),
        ("lifecycle", new ListShape("Lifecycle rules, in the order in which ECR applies them.", Rule)),
        ("access", new ObjectShape("What the repository policy allows.",
            ("pull", s_principals with { Description = "Who can pull images. " + s_principals.Description }),
            ("push", s_principals with { Description = "Who can push images. " + s_principals.Description }),
            ("otherStatements", s_others))));

    internal static ObjectShape Role { get; } = new("An IAM role that GitHub Actions runs assume.",
        ("trust", new ListShape("The subjects of the runs that can assume the role.",
            new TextShape("A subject, such as repo:my-account/jwt-pizza-service:ref:refs/heads/main."))),
        ("push", new MapShape("The ECR repositories that the role can push to and whose images it can deploy, by name or ARN.",
            new ObjectShape("What CI does with the repository.",
                ("cluster", new TextShape("The ECS cluster. The default is the last part of the repository name.")),
                ("service", new TextShape("The ECS service. The default is the last part of the repository name.")),
                ("includePull", new FlagShape("Whether the role can also pull.")),
                ("includeVerify", new FlagShape("Whether the role can also read what was pushed.")),
                ("includeDeploy", new FlagShape("Whether the role can do all that Update-PizzaService does."))))),
        ("policyName", new TextShape(
            "The managed policy of the role. The default is jwt-pizza-ci-deployment for github-ci, and ROLE-deployment otherwise.")),
        ("taskRoles", new ListShape("The roles that the task definitions name. The default is jwt-pizza-ecs.", new TextShape("A role."))),
        ("otherStatements", s_others)) { Required = ["trust"] };

    /// <summary>The file as a whole.</summary>
    internal static ObjectShape Root { get; } = new("The state of an Amazon ECR registry and its CI roles, for Compare-PizzaState and " +
        "Sync-PizzaState. A section that is left out is not compared.",
        ("$schema", new TextShape("The location of this schema, for editors.")),
        ("defaults", Repository with { Description = "What every repository of the file has, unless its entry says otherwise." }),
        ("repositories", new MapShape("Repositories by name. A name with '*' is a pattern: its settings apply to every repository that " +
            "matches, and it creates none.", Repository)),
        ("roles", new MapShape("IAM roles by name.", Role)));

    /// <summary>The JSON Schema that the module ships.</summary>
    public static string Text()
    {
        JsonObject schema = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "JwtPizza.Ecr state",
        };
        foreach ((string name, JsonNode? value) in Root.Schema()) schema[name] = value?.DeepClone();
        return StateText.Write(schema, StateFormat.Json);
    }
}
