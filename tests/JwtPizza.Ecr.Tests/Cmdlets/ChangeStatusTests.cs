namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What cmdlets did is the Status of what they put out: one word for all of them.</summary>
public sealed class ChangeStatusTests : IAsyncDisposable
{
    private readonly SandboxShell _sandbox = new();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("'o/r' | Add-PizzaTrustSubject -Form Name", ChangeStatus.Created)]
    [InlineData("Copy-PizzaImage team/one:v1 team/two", ChangeStatus.Created)]
    [InlineData("Copy-PizzaImage team/one:v1 -DestinationTag v2", ChangeStatus.Changed)]
    [InlineData("Grant-PizzaCiPolicy team/one", ChangeStatus.Created)]
    [InlineData("Grant-PizzaReplication 210987654321", ChangeStatus.Created)]
    [InlineData("Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull", ChangeStatus.Created)]
    [InlineData("Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess", ChangeStatus.Created)]
    [InlineData("New-PizzaCiRole o/new -Form Name -RoleName new -RepositoryName team/one", ChangeStatus.Created)]
    [InlineData("New-PizzaCiRole o/new -Form Name -RepositoryName team/one", ChangeStatus.Changed)]
    [InlineData("New-PizzaRepository new -Force", ChangeStatus.Created)]
    [InlineData("New-PizzaRepository team/one -Force -ImageTagMutability IMMUTABLE", ChangeStatus.Changed)]
    [InlineData("New-PizzaRepository new -Public -Force", ChangeStatus.Created)]
    [InlineData("Push-PizzaImage $layout team/two -LayoutTag v2 -Tag v2", ChangeStatus.Created)]
    [InlineData("Push-PizzaImage $layout team/one -LayoutTag v1 -Tag v2", ChangeStatus.Changed)]
    [InlineData("Register-PizzaOidcProvider -Audience other", ChangeStatus.Changed)]
    [InlineData("Save-PizzaImage team/one:v1 $folder", ChangeStatus.Created)]
    [InlineData("Set-PizzaLifecycle team/two -KeepLast 7", ChangeStatus.Created)]
    [InlineData("Set-PizzaLifecycle team/one -KeepLast 7", ChangeStatus.Changed)]
    [InlineData("Set-PizzaReplication us-west-2 -Force", ChangeStatus.Created)]
    [InlineData("Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE", ChangeStatus.Changed)]
    [InlineData("Set-PizzaScanning -ScanOnPush 'x*'", ChangeStatus.Changed)]
    [InlineData("Remove-PizzaLifecycle team/one -Force", ChangeStatus.Removed)]
    public void Status_tells_what_the_first_run_did_and_that_the_second_did_nothing(string script, ChangeStatus first)
    {
        string folder = Directory.CreateTempSubdirectory("jwt-pizza-").FullName;
        try
        {
            string run = $"$folder = $a; {script} | ForEach-Object Status";
            Assert.Equal(first, Assert.Single(_sandbox.Run(run, Path.Combine(folder, "image")).Of<ChangeStatus>()));
            Assert.Equal(ChangeStatus.Unchanged, Assert.Single(_sandbox.Run(run, Path.Combine(folder, "image")).Of<ChangeStatus>()));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Theory]
    [InlineData("'o/r' | Add-PizzaTrustSubject -Form Name", "Remove-PizzaTrustSubject o/r -Force")]
    [InlineData("Grant-PizzaCiPolicy team/one", "Revoke-PizzaCiPolicy team/one")]
    [InlineData("Grant-PizzaReplication 210987654321", "Revoke-PizzaReplication 210987654321")]
    [InlineData("Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull",
        "Revoke-PizzaRepositoryAccess team/one -Account 210987654321 -Pull")]
    [InlineData("Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess", "Revoke-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess")]
    [InlineData("New-PizzaRepository new", "Remove-PizzaRepository new -Force")]
    [InlineData("New-PizzaRepository new -Public", "Remove-PizzaRepository new -Public -Force")]
    [InlineData("New-PizzaCiRole o/new -Form Name -RoleName new", "Remove-PizzaCiRole new -Force")]
    [InlineData("Register-PizzaOidcProvider -Audience other", "Unregister-PizzaOidcProvider -IgnoreTrust -Force")]
    [InlineData("Set-PizzaReplication us-west-2 -Force", "Remove-PizzaReplication us-west-2 -Force")]
    [InlineData("Push-PizzaImage $layout team/two -LayoutTag v2 -Tag v2", "Remove-PizzaImage team/two:v2 -Force")]
    public void What_takes_away_puts_out_Removed(string make, string remove)
    {
        Assert.NotEmpty(_sandbox.Run(make).Of<object>());
        Assert.Equal(ChangeStatus.Removed, Assert.Single(_sandbox.Run($"{remove} | ForEach-Object Status").Of<ChangeStatus>()));
        Assert.DoesNotContain(ChangeStatus.Removed,
            _sandbox.Run($"{remove} -ErrorAction SilentlyContinue | ForEach-Object Status").Output.Cast<ChangeStatus>());
    }

    [Fact]
    public void A_replication_that_is_cut_puts_out_just_what_went()
    {
        _sandbox.Run("Set-PizzaReplication us-west-2, eu-west-1 -Prefix team/, prod/").Of<object>();
        RegistryReplication cut =
            Assert.Single(_sandbox.Run("Remove-PizzaReplication eu-west-1 -Prefix team/ -Force").Of<RegistryReplication>());
        Assert.Equal(("eu-west-1", "team/", ChangeStatus.Removed), (cut.DestinationRegion, Assert.Single(cut.Prefix), cut.Status));
        Assert.Equal(ChangeStatus.Created,
            Assert.Single(
                _sandbox.Run("Set-PizzaReplication eu-west-1 -Prefix test/ | Where-Object Prefix -contains test/")
                    .Of<RegistryReplication>()).Status);
    }

    [Fact]
    public void What_is_only_read_has_no_Status()
    {
        _sandbox.Run("'o/r' | Add-PizzaTrustSubject -Form Name; Set-PizzaReplication us-west-2 -Force").Of<object>();
        Assert.All(
            _sandbox.Run("& { Get-PizzaRepository; Get-PizzaTrustSubject github-ci; Get-PizzaReplication; Get-PizzaCiRole; " +
                "Get-PizzaCiPolicy; Get-PizzaRolePolicy *; Get-PizzaOidcProvider; Get-PizzaReplicationAccess; " +
                "Get-PizzaScanning } | ForEach-Object Status").Of<object?>(), Assert.Null);
    }

    [Fact]
    public void A_deployment_whose_tasks_do_not_run_is_Failed_beside_the_error()
    {
        _sandbox.Run("New-PizzaRepository jwt-pizza-service | Push-PizzaImage $layout -LayoutTag v1 -Tag latest").Of<object>();
        Finished done =
            _sandbox.Run(
                "Update-PizzaService -Cluster jwt-pizza-service -Service jwt-pizza-service -ImageUri \"$((Get-PizzaRepository " +
                "jwt-pizza-service).RepositoryUri):none\"");
        Assert.StartsWith("DeploymentFailed", done.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ChangeStatus.Failed, Assert.IsType<ServiceDeployment>(Assert.Single(done.Output)).Status);
    }
}
