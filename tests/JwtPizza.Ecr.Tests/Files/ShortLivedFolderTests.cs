using JwtPizza.Ecr.Services.Files;

namespace JwtPizza.Ecr.Tests.Files;

public sealed class ShortLivedFolderTests : IDisposable
{
    private const string Prefix = "short-";
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("pizza-test-");

    public void Dispose() => _parent.Delete(recursive: true);

    private string[] Names => [.. _parent.GetFileSystemInfos().Select(f => f.Name).Order(StringComparer.Ordinal)];

    // What a killed process leaves: the lock file with its content, and nobody who holds the lock.
    private DirectoryInfo Abandoned(string name)
    {
        DirectoryInfo folder = _parent.CreateSubdirectory(name);
        File.WriteAllText(Path.Combine(folder.FullName, ShortLivedFolder.LockFile), "locked");
        File.WriteAllText(Path.Combine(folder.FullName, "config.json"), "secret");
        return folder;
    }

    [Fact]
    public void A_folder_of_a_killed_process_is_swept_by_the_next_one()
    {
        Abandoned("short-dead");
        List<string> told = [];
        using ShortLivedFolder folder = ShortLivedFolder.CreateIn(_parent.FullName, Prefix, told.Add);
        Assert.Equal([Path.GetFileName(folder.Path)], Names);
        Assert.Contains("short-dead", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_use_stays()
    {
        using ShortLivedFolder first = ShortLivedFolder.CreateIn(_parent.FullName, Prefix),
            second = ShortLivedFolder.CreateIn(_parent.FullName, Prefix);
        Assert.True(Directory.Exists(first.Path));
        Assert.True(Directory.Exists(second.Path));
    }

    [Fact]
    public void A_folder_that_is_not_ours_stays()
    {
        _parent.CreateSubdirectory("short-stranger");
        Abandoned("other-prefix");
        File.WriteAllText(Path.Combine(_parent.CreateSubdirectory("short-starting").FullName, ShortLivedFolder.LockFile), "");
        using (ShortLivedFolder.CreateIn(_parent.FullName, Prefix)) { }
        Assert.Equal(["other-prefix", "short-starting", "short-stranger"], Names);
    }

    [Fact]
    public void A_link_is_neither_followed_nor_deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        DirectoryInfo target = Abandoned("target");
        Directory.CreateSymbolicLink(Path.Combine(_parent.FullName, "short-link"), target.FullName);
        DirectoryInfo dead = Abandoned("short-dead");
        Directory.CreateSymbolicLink(Path.Combine(dead.FullName, "inner"), target.FullName);
        using (ShortLivedFolder.CreateIn(_parent.FullName, Prefix)) { }
        Assert.Equal(["short-link", "target"], Names);
        Assert.Equal("secret", File.ReadAllText(Path.Combine(target.FullName, "config.json")));
    }

    [Fact]
    public void A_released_folder_stays_without_the_lock_file()
    {
        ShortLivedFolder folder = ShortLivedFolder.CreateIn(_parent.FullName, Prefix);
        File.WriteAllText(Path.Combine(folder.Path, "kept"), "");
        folder.Release();
        folder.Dispose();
        Assert.Equal("kept", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.Path))));
    }

    [Fact]
    public void A_disposed_folder_is_gone()
    {
        using (ShortLivedFolder folder = ShortLivedFolder.CreateIn(_parent.FullName, Prefix))
            File.WriteAllText(Path.Combine(folder.Path, "x"), "");
        Assert.Empty(Names);
    }
}
