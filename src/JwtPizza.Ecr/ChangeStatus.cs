namespace JwtPizza.Ecr;

/// <summary>What a cmdlet did about the thing that its record shows. One enum for all of them: a script that runs many finds by <c>Status
/// -ne 'Unchanged'</c> what it changed.</summary>
public enum ChangeStatus : long
{
    /// <summary>It was not there, and is now.</summary>
    Created,

    /// <summary>It was there, and is different now.</summary>
    Changed,

    /// <summary>It was as asked for already; nothing was changed.</summary>
    Unchanged,

    /// <summary>It was there, and is gone.</summary>
    Removed,

    /// <summary>A change was begun and did not succeed; the error that comes with the record says why.</summary>
    Failed,
}
