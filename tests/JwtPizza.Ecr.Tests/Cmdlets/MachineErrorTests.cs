using System.ComponentModel;
using System.Management.Automation;
using System.Reflection;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Files;
using JwtPizza.Ecr.Services.Registry;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Throws what it is told to, as a file, the network or a program below it would.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MachineError")]
public sealed class TestMachineErrorCommand : PizzaCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public Exception Exception { get; set; } = null!;

    /// <summary>Throws after the last record.</summary>
    [Parameter] public SwitchParameter AtEnd { get; set; }

    private protected override Task ProcessAsync(CancellationToken cancellationToken) =>
        AtEnd ? Task.CompletedTask : Task.FromException(Exception);

    private protected override Task EndAsync(CancellationToken cancellationToken) =>
        AtEnd ? Task.FromException(Exception) : Task.CompletedTask;
}

/// <summary>What the runtime throws at its boundaries to files, network and programs: the user gets an id, a category and a next
/// step.</summary>
[Collection(nameof(Environs))]
public sealed class MachineErrorTests
{
    // The whole of what the runtime's I/O can throw: https://learn.microsoft.com/dotnet/api/system.io, system.net,
    // system.diagnostics.process
    private static readonly string[] s_boundaries = ["System.IO", "System.Net", "System.Security.Authentication"];
    private static readonly Type[] s_others = [typeof(UnauthorizedAccessException), typeof(System.Security.SecurityException),
        typeof(Win32Exception), typeof(TimeoutException), typeof(UriFormatException), typeof(AggregateException)];

    // Isolated storage is not used, and a firewall's is of another runtime.
    public static TheoryData<Type> Thrown =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(p => Path.GetFileNameWithoutExtension(p))
            .Where(n =>
                n == "System.Private.CoreLib" || n.StartsWith("System.IO", StringComparison.Ordinal)
                    || n.StartsWith("System.Net", StringComparison.Ordinal)
                    || n.StartsWith("System.Diagnostics.Process", StringComparison.Ordinal))
            .SelectMany(n => Assembly.Load(n).GetExportedTypes())
            .Where(t =>
                t.IsSubclassOf(typeof(Exception)) && !t.IsAbstract
                    && s_boundaries.Any(b => t.Namespace == b || t.Namespace!.StartsWith(b + ".", StringComparison.Ordinal))
                    && t.Name != "IsolatedStorageException")
            .Concat(s_others).Distinct(),
    ];

    [Fact]
    public void The_types_are_found() => Assert.InRange(Thrown.Count, 25, 100);

    [Theory, MemberData(nameof(Thrown), DisableDiscoveryEnumeration = true)]
    public void An_exception_of_the_machine_has_an_id_a_category_and_a_next_step(Type type)
    {
        using Shell shell = new();
        foreach (string where in (string[])["", "-AtEnd"])
        {
            ErrorRecord error = shell.Run($"Test-MachineError $a {where}", Make(type)).Error;
            PizzaException e = Assert.IsType<PizzaException>(error.Exception);
            Assert.DoesNotContain("Exception", e.ErrorId, StringComparison.Ordinal);
            Assert.NotEqual(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
            Assert.Matches(@"\. [A-Z][^.]+\.\z", e.Message);   // what happened, and then what to do
        }
    }

    [Theory, MemberData(nameof(Thrown), DisableDiscoveryEnumeration = true)]
    public void At_the_network_to_AWS_it_is_told_in_the_users_words(Type type)
    {
        using Environs environs = new();
        AwsConfig.ForgetEnvironment();
        Settings settings =
            Settings.Resolve(new() { Region = "eu-west-1", AccessKey = "a", SecretKey = "b", EndpointUrl = "http://127.0.0.1:9" });
        Assert.NotNull(AwsErrors.Translate(Make(type), new(AwsService.Ecr, "PutImage", settings), CancellationToken.None));
    }

    [Theory]
    [InlineData("[profile x]\nsso_session = nosuch\nsso_account_id = 123456789012\nsso_role_name = dev\n", "[sso-session nosuch]")]
    public void A_profile_that_cannot_be_used_says_what_is_wrong_with_it(string config, string says)
    {
        using Environs environs = new();
        environs.WithConfig(config);
        PizzaException e = Assert.Throws<PizzaException>(() => AwsSession.Open(new() { ProfileName = "x" }));
        Assert.Equal("InvalidProfileFile", e.ErrorId);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS_RETRY_MODE", "sometimes")]
    [InlineData("AWS_MAX_ATTEMPTS", "many")]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5")]
    public async Task A_setting_without_sense_is_no_raw_error(string variable, string value)
    {
        using Environs environs = new((variable, value));
        environs.WithConfig(
            $"[profile x]\naws_access_key_id = a\naws_secret_access_key = b\nretry_mode = {value}\nmax_attempts = {value}\nregion = " +
            "eu-west-1\n");
        await using ScriptedServer server = new(Answer.Json("""{"repositories":[]}"""));
        Exception? e = await Record.ExceptionAsync(async () =>
        {
            using AwsSession session = AwsSession.Open(new() { ProfileName = "x", EndpointUrl = server.Url });
            await foreach (Repository _ in session.Ecr.DescribeRepositoriesAsync(null, CancellationToken.None)) { }
        });
        Assert.True(e is null or PizzaException, $"{e}");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    public void A_device_is_not_read_as_configuration(string device)
    {
        Assert.SkipUnless(File.Exists(device), $"{device} is not on this machine.");
        using Environs environs = new(("AWS_CONFIG_FILE", device));
        PizzaException e = Assert.Throws<PizzaException>(() => AwsSession.Open(new() { Region = "eu-west-1" }));
        Assert.Equal("InvalidProfileFile", e.ErrorId);
        Assert.Contains("AWS_CONFIG_FILE", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_of_temporary_files_is_named_with_the_variable()
    {
        using Environs environs = new(("TMPDIR", "/nowhere/at/all"), ("TEMP", @"C:\nowhere\at\all"), ("TMP", @"C:\nowhere\at\all"));
        PizzaException e = Assert.Throws<PizzaException>(() => ShortLivedFolder.Create("pizza-"));
        Assert.Equal("TemporaryFolderUnusable", e.ErrorId);
        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
    }

    // Where nobody can write, root included.
    [Theory]
    [InlineData("/proc")]
    [InlineData("/dev/null")]
    public void A_folder_of_temporary_files_that_cannot_be_written_is_named_with_the_variable(string folder)
    {
        Assert.SkipUnless(Path.Exists(folder), $"{folder} is not on this machine.");
        using Environs environs = new(("TMPDIR", folder));
        foreach (Action make in new Action[] { () => ShortLivedFolder.Create("pizza-"), () => EcrSandbox.Start(new()) })
        {
            PizzaException e = Assert.Throws<PizzaException>(make);
            Assert.Equal("TemporaryFolderUnusable", e.ErrorId);
            Assert.Contains(folder, e.Message, StringComparison.Ordinal);
            Assert.Contains("TMPDIR", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_to_what_is_gone_is_no_layout()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right on Windows");
        using Environs environs = new();
        string link = Path.Combine(environs.Home, "layout");
        File.CreateSymbolicLink(link, "/nowhere/at/all");
        Assert.Equal("LayoutNotFound", Assert.Throws<PizzaException>(() => LayoutFiles.Open(link)).ErrorId);
    }

    [Fact]
    public void A_full_disk_is_told_from_other_trouble() =>
        Assert.Equal("DiskFull",
            MachineErrors.Translate(
                new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28))!.ErrorId);

    private static Exception Make(Type type)
    {
        if (type == typeof(AggregateException)) return new AggregateException(new IOException("inner"));
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(c => c.GetParameters().Length))
        {
            try { return (Exception)constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType))]); }
            catch (Exception e) when (e is TargetInvocationException or MemberAccessException) { }
        }
        throw new InvalidOperationException($"{type} cannot be made");
    }

    private static object? Value(Type type) =>
        type == typeof(string) ? "what happened" : type.IsValueType ? Activator.CreateInstance(type) : null;
}
