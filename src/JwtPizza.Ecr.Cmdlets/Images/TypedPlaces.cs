namespace JwtPizza.Ecr.Cmdlets.Images;

/// <summary>What is pushed and where to, in whichever of the two places each was typed.</summary>
internal static class TypedPlaces
{
    /// <summary>Both in their order: a path that is there is not meant as a repository, nor is what cannot be the name of one.</summary>
    public static (string Path, string Repository) InOrder(string path, string repository, Predicate<string> isPath) =>
        !isPath(path) && (isPath(repository) || (IsRepository(path) && !IsRepository(repository)))
            ? (repository, path) : (path, repository);

    private static bool IsRepository(string text)
    {
        if (text is ['.' or '/' or '~' or '\\', ..]) return false;   // a path, though '.' could be a host
        try { return ImageReference.Parse(text) is not null; }
        catch (PizzaException) { return false; }
    }
}
