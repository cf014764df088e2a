using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>
/// A PowerShell runspace in this process: the module's cmdlets, and those of these tests, on the very assemblies that the other tests use,
/// so that a breakpoint in a cmdlet is hit. What only the built module shows (help, views, load contexts) is tested by the Pester suite.
/// </summary>
internal sealed class Shell : IDisposable
{
    private static readonly InitialSessionState s_state = State();
    private readonly Runspace _runspace = RunspaceFactory.CreateRunspace(s_state);
    private readonly List<PowerShell> _running = [];

    public Shell() => _runspace.Open();

    /// <summary>Sets a variable of the session.</summary>
    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Runs a script to its end. Its parameters are the variables $a, $b and so on.</summary>
    public Finished Run(string script, params object?[] arguments)
    {
        using PowerShell shell = New(script, arguments);
        RuntimeException? thrown = null;
        PSDataCollection<PSObject> output = [];
        try { shell.Invoke(null, output); }
        catch (RuntimeException e) { thrown = e; }
        return new(
            [.. output.Select(o => o?.BaseObject)], [.. shell.Streams.Error], thrown?.ErrorRecord,
            [.. shell.Streams.Warning.Select(w => w.Message)], [.. shell.Streams.Verbose.Select(v => v.Message)],
            [.. shell.Streams.Progress]);
    }

    /// <summary>Starts a script, for a test that stops it.</summary>
    public PowerShell Begin(string script, params object?[] arguments)
    {
        PowerShell shell = New(script, arguments);
        _running.Add(shell);
        shell.BeginInvoke();
        return shell;
    }

    public void Dispose()
    {
        foreach (PowerShell shell in _running) shell.Dispose();
        _runspace.Dispose();
    }

    private PowerShell New(string script, object?[] arguments)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        string names = string.Join(", ", arguments.Select((_, i) => $"${(char)('a' + i)}"));
        shell.AddScript($"param({names}) {script}");
        foreach (object? argument in arguments) shell.AddArgument(argument);
        return shell;
    }

    private static InitialSessionState State()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (Type type in new[] { typeof(PizzaCmdlet), typeof(Shell) }.SelectMany(t => t.Assembly.GetExportedTypes()))
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } name)
                state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
        }
        return state;
    }
}

/// <summary>What a script left.</summary>
/// <param name="Output">What it wrote, in order.</param>
/// <param name="Errors">The errors that did not end it.</param>
/// <param name="Thrown">The error that ended it.</param>
/// <param name="Warnings">The warnings.</param>
/// <param name="Verbose">What it said with -Verbose.</param>
/// <param name="Progress">The progress records.</param>
internal sealed record Finished(
    IReadOnlyList<object?> Output, IReadOnlyList<ErrorRecord> Errors, ErrorRecord? Thrown,
    IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose, IReadOnlyList<ProgressRecord> Progress)
{
    /// <summary>What it wrote, all of one type, with no error on the way.</summary>
    public IReadOnlyList<T> Of<T>()
    {
        Assert.Null(Thrown);
        Assert.Empty(Errors);
        return [.. Output.Cast<T>()];
    }

    /// <summary>Its only error, whether it ended the script or not.</summary>
    public ErrorRecord Error => Assert.Single(Thrown is null ? Errors : [.. Errors, Thrown]);
}
