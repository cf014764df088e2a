using System.Management.Automation;
using JwtPizza.Ecr.Services.State;

namespace JwtPizza.Ecr.Cmdlets.State;

/// <summary>Changes the repositories of an Amazon ECR registry and the CI roles of the account so that they are as a state file
/// says.</summary>
/// <remarks>
/// <para>The cmdlet finds the same differences as Compare-PizzaState, and removes them in the same way as the cmdlets for the single
/// steps: New-PizzaRepository, Set-PizzaRepository, Set-PizzaLifecycle, Grant-PizzaRepositoryAccess, New-PizzaCiRole,
/// Add-PizzaTrustSubject, and Grant-PizzaCiPolicy. Repositories come first, several at the same time, and then roles. The output is one
/// object for each difference, and its status says what was done.</para>
/// <para>A change that fails is one error and an object with the status Failed. The other changes are made. Run the command again to
/// finish.</para>
/// <para>What is there and not in the file stays as it is, with the status Unchanged. With -Prune, it is removed, after a prompt. A
/// repository that holds images is never deleted. A role is deleted only if it trusts nothing but GitHub. Policy statements that this
/// module did not write are never changed.</para>
/// </remarks>
/// <example>
/// <code>Export-PizzaState ./state.yml; Sync-PizzaState ./state.yml -WhatIf</code>
/// Shows what would change. After an export, this is nothing.
/// </example>
/// <example>
/// <code>Export-PizzaState ./state.yml; Remove-PizzaLifecycle jwt-pizza-service -Force; Sync-PizzaState ./state.yml</code>
/// Puts back the lifecycle rules that were removed.
/// </example>
/// <example>
/// <code>Export-PizzaState ./state.yml; New-PizzaRepository new-service; Sync-PizzaState ./state.yml -Prune -Force</code>
/// Deletes the repository that the file does not hold, without a prompt.
/// </example>
[Cmdlet(VerbsData.Sync, "PizzaState", SupportsShouldProcess = true)]
[OutputType(typeof(StateDifference))]
public sealed class SyncPizzaStateCommand : StateFileCmdlet
{
    private readonly List<StateGroup> _roles = [];

    /// <summary>Indicates that the cmdlet removes what is there and not in the file.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>Indicates that the cmdlet does not prompt for confirmation before -Prune removes something.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        StateComparison comparison = await CompareAsync(cancellationToken);
        if (!comparison.All.Any()) WriteVerbose($"Everything is as '{Path}' says; nothing changed.");
        Prune = Prune && MayPrune(comparison);
        foreach (StateGroup group in comparison.Repositories) await StartAsync(group, cancellationToken);
        _roles.AddRange(comparison.Roles);
    }

    private protected override async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (StateGroup group in _roles) await StartAsync(group, cancellationToken);   // they name the repositories
    }

    private Task StartAsync(StateGroup group, CancellationToken cancellationToken) =>
        StartAsync<SyncPizzaStateCommand>((self, token) => self.MakeAsync(group, token), group.Name, cancellationToken);

    private bool MayPrune(StateComparison comparison)
    {
        string[] extra = [.. comparison.All.Where(c => c.Row.Kind is StateDifferenceKind.Extra && c.MakeAsync is not null)
            .Select(c => c.Row.Path)];
        return extra.Length == 0 || Force || IsBound("Confirm") || IsWhatIf
            || ShouldContinue($"These are not in '{Path}' and will be removed: {string.Join(", ", extra)}. Continue?", "Sync-PizzaState");
    }

    private bool IsWhatIf => LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")) || IsBound("WhatIf");

    private async Task MakeAsync(StateGroup group, CancellationToken cancellationToken)
    {
        ChangeStatus? first = ChangeStatus.Unchanged;   // of what the others need
        foreach (StateChange change in group.Changes)
        {
            bool isLeft = change.Row.Kind is StateDifferenceKind.Extra && !Prune;
            if (first is ChangeStatus.Failed) WriteObject(change.Row with { Status = ChangeStatus.Failed });
            else if (isLeft || change.MakeAsync is null) Leave(change, isLeft);
            else if (first is not null || IsWhatIf)
            {
                ChangeStatus? made = await MakeAsync(change, cancellationToken);
                if (change.IsFirst) first = made;
            }
        }
    }

    /// <returns>What was done; null when the user does not want it.</returns>
    private async Task<ChangeStatus?> MakeAsync(StateChange change, CancellationToken cancellationToken)
    {
        if (!ShouldProcess(change.Row.Path, change.Action)) return null;
        StateOutcome? made = null;
        await TryAsync(async () => made = await change.MakeAsync!(cancellationToken), change.Row.Path);
        foreach (string warning in made?.Warnings ?? []) WriteWarning(warning);
        StateDifference row = change.Row with { Status = made?.Status ?? ChangeStatus.Failed };
        WriteObject(row);
        return row.Status;
    }

    private void Leave(StateChange change, bool isWanted)
    {
        if (change.WhyNot is { } why && !isWanted) WriteWarning($"{change.Row.Path} was left as it is. {why}");
        WriteObject(change.Row with { Status = ChangeStatus.Unchanged });
    }
}
