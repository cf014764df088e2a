namespace JwtPizza.Ecr.Services.Docker;

/// <summary>The emulators that the kernel of this machine knows: https://docs.kernel.org/admin-guide/binfmt-misc.html</summary>
/// <param name="folder">Where the kernel lists them.</param>
internal sealed class Binfmt(string folder = "/proc/sys/fs/binfmt_misc")
{
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["arm64"] = "aarch64", ["arm"] = "arm", ["amd64"] = "x86_64", ["386"] = "i386", ["riscv64"] = "riscv64", ["ppc64le"] = "ppc64le",
        ["s390x"] = "s390x", ["mips64"] = "mips64", ["loong64"] = "loongarch64",
    };

    /// <summary>Whether programs of an architecture run here by emulation, in containers too.</summary>
    public bool Runs(string architecture)
    {
        try
        {
            return s_names.TryGetValue(architecture, out string? name)
                && File.ReadLines(Path.Combine(folder, $"qemu-{name}")).FirstOrDefault() == "enabled";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return false; }
    }
}
