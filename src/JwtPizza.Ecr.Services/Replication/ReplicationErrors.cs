namespace JwtPizza.Ecr.Services.Replication;

/// <summary>What went wrong with copies, and what to look at.</summary>
internal static class ReplicationErrors
{
    /// <summary>A copy that ECR has given up.</summary>
    /// <param name="request">The image.</param>
    /// <param name="copy">The copy.</param>
    public static PizzaException Failed(ReplicationWaitRequest request, ImageReplication copy) =>
        new("ReplicationFailed", PizzaErrorKind.OperationFailed,
        $"'{request.Name}' was not copied to {copy.DestinationRegion} of account {copy.DestinationRegistryId}: " +
        $"{copy.FailureCode ?? "ECR does not say why"}. {Next(copy)} Then push the image again: ECR tries once for each push.", copy);

    /// <summary>Copies that are not there yet.</summary>
    /// <param name="request">The image.</param>
    /// <param name="outcome">How far they are.</param>
    public static PizzaException TimedOut(ReplicationWaitRequest request, ReplicationOutcome outcome) =>
        new("ReplicationTimeout", PizzaErrorKind.Unavailable,
        $"'{request.Name}' has not been replicated to " +
        $"{string.Join(", ", outcome.Unfinished.Select(c => $"{c.DestinationRegion} of account {c.DestinationRegistryId}"))} after " +
        $"{request.Patience.TotalSeconds:0} " +
        "seconds. Most images take less than half an hour; run the command again, or wait longer with -TimeoutSec.", request.Name);

    /// <summary>AWS publishes no list of the codes; they are read by what they are made of.</summary>
    private static string Next(ImageReplication copy)
    {
        bool Says(params string[] words) => words.Any(w => copy.FailureCode?.Contains(w, StringComparison.OrdinalIgnoreCase) == true);
        bool foreign = copy.DestinationRegistryId != copy.RegistryId;
        string grant =
            $"in account {copy.DestinationRegistryId} run Grant-PizzaReplication {copy.RegistryId} -Region {copy.DestinationRegion}";
        return copy switch
        {
            _ when Says("denied", "unauthor", "permission", "policy") && foreign =>
                $"The policy of the registry there does not allow it: {grant}.",
            _ when Says("repository") && foreign =>
                $"There is no repository '{copy.RepositoryName}', and the policy of the registry there does not let it be created: " +
                $"{grant}, or create the repository there.",
            _ when Says("kms", "key") =>
                $"The repository '{copy.RepositoryName}' there is encrypted with a key that ECR cannot use; " +
                "check the key's policy and state.",
            _ when foreign =>
                $"Check the policy of the registry there ({grant}), whether the repository exists there or may be created, and whether " +
                "the region is enabled.",
            _ =>
                $"Check whether {copy.DestinationRegion} is enabled for the account ('aws account list-regions'), and the repository's " +
                "encryption key there, if it has one.",
        };
    }
}
