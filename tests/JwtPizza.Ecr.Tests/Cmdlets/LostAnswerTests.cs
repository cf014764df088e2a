using System.Management.Automation;
using JwtPizza.Ecr.Sandbox;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>
/// A change that was carried out while its answer was lost is not called failed: each changing call of each changing cmdlet loses its
/// answer once, so that the repetition meets what the first attempt has done, and every time, so that only a look can tell.
/// </summary>
public sealed class LostAnswerTests
{
    private const int Attempts = 3;

    [Theory]
    [InlineData("'o/r' | Add-PizzaTrustSubject -Form Name")]
    [InlineData("Clear-PizzaImage team/one -Force", "Push-PizzaImage $layout team/one -LayoutTag v2 -Tag v1")]
    [InlineData("Copy-PizzaImage team/one:v1 -Destination team/two -Tag v2")]
    [InlineData("Get-PizzaScanFinding team/one -ImageTag v1 -StartScan",
        "Set-PizzaRepository team/one -ScanOnPush:$false; Push-PizzaImage $layout team/one -LayoutTag v2 -Tag v1")]
    [InlineData("Grant-PizzaCiPolicy team/one")]
    [InlineData("Grant-PizzaCiPolicy team/two", "Grant-PizzaCiPolicy team/one")]
    [InlineData("Grant-PizzaCiPolicy team/five",
        "'team/one', 'team/two', 'team/three', 'team/four', 'team/six' | ForEach-Object { New-PizzaRepository $_ -Force; " +
        "Grant-PizzaCiPolicy $_ }; New-PizzaRepository team/five")]
    [InlineData("Grant-PizzaReplication 210987654321")]
    [InlineData("Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull")]
    [InlineData("Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    [InlineData("New-PizzaCiRole o/new -RoleName fresh -PolicyName fresh -RepositoryName team/one -Form Name",
        "Unregister-PizzaOidcProvider -IgnoreTrust -Force")]
    [InlineData("New-PizzaRepository new -ImageTagMutability IMMUTABLE -Tag @{ a = 'b' }")]
    [InlineData("New-PizzaRepository team/one -Force -ImageTagMutability IMMUTABLE -ScanOnPush:$false -Tag @{ a = 'b' }")]
    [InlineData("New-PizzaRepository new -Public -Description text")]
    [InlineData("New-PizzaRepository new -Public -Force -Description other -Tag @{ a = 'b' }",
        "New-PizzaRepository new -Public -Description text")]
    [InlineData("Push-PizzaImage $layout team/two -LayoutTag v2 -Tag v2")]
    [InlineData("Push-PizzaImage $layout new -Public -LayoutTag v2 -Tag v2", "New-PizzaRepository new -Public")]
    [InlineData("Register-PizzaOidcProvider -Audience other")]
    [InlineData("Remove-PizzaCiRole github-ci -Force",
        "Grant-PizzaCiPolicy team/one; Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    [InlineData("Remove-PizzaImage team/one -Tag v1 -Force")]
    [InlineData("Remove-PizzaLifecycle team/one -Force")]
    [InlineData("Remove-PizzaReplication eu-west-1 -Force", "Set-PizzaReplication eu-west-1 -Force")]
    [InlineData("Remove-PizzaRepository team/one -IncludeImages -Force")]
    [InlineData("Remove-PizzaRepository new -Public -Force", "New-PizzaRepository new -Public")]
    [InlineData("Remove-PizzaTrustSubject o/r -Force", "'o/r' | Add-PizzaTrustSubject -Form Name")]
    [InlineData("Revoke-PizzaCiPolicy team/one", "Grant-PizzaCiPolicy team/one")]
    [InlineData("Revoke-PizzaReplication 210987654321", "Grant-PizzaReplication 210987654321")]
    [InlineData("Revoke-PizzaRepositoryAccess team/one -Account 210987654321",
        "Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull")]
    [InlineData("Revoke-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess", "Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    [InlineData("Set-PizzaLifecycle team/one -KeepLast 7")]
    [InlineData("Set-PizzaReplication us-west-2 -Force")]
    [InlineData("Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE")]
    [InlineData("Set-PizzaScanning -ScanOnPush 'x*'")]
    [InlineData("Test-PizzaLifecycle team/one -KeepLast 1")]
    [InlineData("Unregister-PizzaOidcProvider -IgnoreTrust -Force")]
    [InlineData("Update-PizzaService jwt-pizza-service -ImageUri public.ecr.aws/x/jwt-pizza:1 -NoWait")]
    public async Task A_change_whose_answer_was_lost_is_seen_to_be_done(string script, string before = "")
    {
        (string[] expected, string[] changes, _) = await RunAsync(script, before, null);
        Assert.NotEmpty(changes);
        // they wait most of the time
        await Task.WhenAll(changes.SelectMany(operation => new[] { 1, Attempts }.Select(lost => AtOnce(async () =>
        {
            (string[] found, _, int struck) =
                await RunAsync(script, before, new() { Operation = operation, DropAnswer = true, Count = lost });
            // AWS's answer is all that tells what a repository was: without it there is nothing to write, which is told.
            bool isTold = operation.EndsWith(":DeleteRepository", StringComparison.Ordinal) && found is [var told]
                && told.StartsWith("Deleted ", StringComparison.Ordinal);
            Assert.True(isTold || expected.SequenceEqual(found),
                $"{operation}, {lost} answers lost: expected {string.Join(", ", expected)}, found {string.Join(", ", found)}");
            Assert.Equal(lost, struck);
        }))));
    }

    // Each on a thread of its own: a shell blocks it.
    private static Task AtOnce(Func<Task> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    [Fact]
    public async Task What_somebody_else_has_is_not_taken_for_our_own()
    {
        await using SandboxShell sandbox = new();
        sandbox.SetFault(new() { Operation = "CreateRepository", DropConnection = true, Count = 1 });
        ErrorRecord error = sandbox.Run("New-PizzaRepository team/one -ScanOnPush:$false").Error;
        Assert.StartsWith("RepositoryAlreadyExistsException", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CreateRepository", "New-PizzaRepository new")]
    [InlineData("DeleteRepository", "Remove-PizzaRepository team/one -IncludeImages -Force")]
    [InlineData("BatchDeleteImage", "Remove-PizzaImage team/one -Tag v1 -Force")]
    [InlineData("iam:AttachRolePolicy", "Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    public async Task What_was_never_done_is_looked_for_and_called_failed(string operation, string script)
    {
        await using SandboxShell sandbox = new();
        sandbox.SetFault(new() { Operation = operation, DropConnection = true });
        ErrorRecord error = sandbox.Run(script).Error;
        Assert.StartsWith("ServiceUnreachable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.EndsWith("A check showed that the change was not made.", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_looked_up_is_said_to_be_unknown()
    {
        await using SandboxShell sandbox = new();
        sandbox.SetFault(new() { Operation = "DeleteRepository", DropAnswer = true });
        sandbox.SetFault(new() { Operation = "DescribeRepositories", Error = "AccessDeniedException" });
        ErrorRecord error = sandbox.Run("Remove-PizzaRepository team/two -Force").Error;
        Assert.Contains("It could not be determined whether the change was made", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("ecr:DescribeRepositories", error.Exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs a script in a sandbox of its own, with a fault.</summary>
    /// <returns>Type and status of what it wrote, with errors and warnings; its changing calls; how many answers were lost.</returns>
    private static async Task<(string[] Found, string[] Changes, int Struck)> RunAsync(string script, string before, SandboxFault? fault)
    {
        await using SandboxShell sandbox = new();
        if (before.Length > 0) sandbox.Run(before).Of<object>();
        sandbox.NewCalls();
        if (fault is not null) sandbox.SetFault(fault);
        Finished finished = sandbox.Run("$ConfirmPreference = 'None'; " + script);
        IReadOnlyList<SandboxCall> calls = sandbox.NewCalls();
        IEnumerable<string> written = finished.Output.Select(o => $"{o!.GetType().Name} {o.GetType().GetProperty("Status")?.GetValue(o)}");
        return ([.. written, .. finished.Errors.Append(finished.Thrown).OfType<ErrorRecord>().Select(e => $"{e}"), .. finished.Warnings],
            [.. calls.Where(c => c.Service != "http" && SandboxShell.IsChange(c)).Select(c => $"{c.Service}:{c.Operation}").Distinct()],
            calls.Count(c => c.ErrorCode == "AnswerDropped"));
    }
}
