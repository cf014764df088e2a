namespace JwtPizza.Ecr;

/// <summary>Whether trouble with a file is a full disk: .NET's own words for it differ by system.</summary>
internal static class DiskSpace
{
    // https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499- ; errno elsewhere
    private const int NoSpaceUnix = 28, QuotaUnix = 122, QuotaMac = 69, NoSpaceWindows = unchecked((int)0x80070070),
        HandleFullWindows = unchecked((int)0x80070027);

    /// <summary>Whether it is, or a user's quota is used up.</summary>
    /// <param name="e">The trouble.</param>
    public static bool IsUsedUp(Exception e) =>
        e is IOException
            && (e.HResult is NoSpaceUnix or QuotaUnix or NoSpaceWindows or HandleFullWindows
                || (e.HResult == QuotaMac && OperatingSystem.IsMacOS()));
}
