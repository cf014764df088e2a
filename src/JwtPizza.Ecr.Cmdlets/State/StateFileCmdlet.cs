using System.Management.Automation;
using System.Text.Json.Nodes;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.State;

namespace JwtPizza.Ecr.Cmdlets.State;

/// <summary>Base of the cmdlets that read a state file.</summary>
public abstract class StateFileCmdlet : AwsCmdlet
{
    /// <summary>Specifies the state file. The end of its name says the format: .yml, .yaml, .json, or .psd1. The default is
    /// pizza-state.yml.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [Alias("FullName")]
    public string Path { get; set; } = StateFileName;

    internal const string StateFileName = "pizza-state.yml";

    private protected override bool TakesSeveral => false;

    /// <summary>What is there, compared with the file.</summary>
    private protected async Task<StateComparison> CompareAsync(CancellationToken cancellationToken)
    {
        PizzaState wanted = await StateFiles.ReadAsync(FilePath(Path), ReadData, cancellationToken);
        return await new StateService(Aws, ThrottleLimit).CompareAsync(wanted, cancellationToken);
    }

    internal static JsonNode? ReadData(string text, string path) => DataFile.Read(text, problem => StateErrors.Invalid(path, [problem]));
}
