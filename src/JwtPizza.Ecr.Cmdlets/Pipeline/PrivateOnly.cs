namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>What ECR Public does not have.</summary>
internal static class PrivateOnly
{
    /// <summary>The error for a public repository that comes to a cmdlet for private ones.</summary>
    public static PizzaException Refusal(string cmdlet, string repository) => new("NotInEcrPublic", PizzaErrorKind.InvalidOperation,
        $"'{repository}' is a repository of ECR Public, and {cmdlet} supports only private repositories. " +
        "ECR Public has no lifecycle policies, scanning, replication, or settings of tags and encryption; " +
        "New-, Get- and Remove-PizzaRepository, Get-PizzaImage, Publish- and Push-PizzaImage and Connect-PizzaRegistry support -Public.",
            repository);
}
