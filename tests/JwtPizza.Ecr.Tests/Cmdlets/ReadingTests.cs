namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>What the Get- cmdlets beside Grant-, New-, Register-, Set- and Update- show.</summary>
public sealed class ReadingTests : IAsyncDisposable
{
    private readonly SandboxShell _sandbox = new();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public void A_CI_role_shows_subjects_policies_and_boundary_and_roles_of_services_are_no_CI_roles()
    {
        _sandbox.Run("New-PizzaCiRole o/r -Form Name -RoleName team-ci -RepositoryName team/one -PermissionsBoundary " +
            "arn:aws:iam::aws:policy/PowerUserAccess; Grant-PizzaRolePolicy team-ci AmazonDynamoDBFullAccess").Of<object>();
        IReadOnlyList<CiRole> all = _sandbox.Run("Get-PizzaCiRole").Of<CiRole>();
        Assert.Equal(["github-ci", "team-ci"], all.Select(r => r.RoleName));
        CiRole team = Assert.Single(_sandbox.Run("Get-PizzaCiRole team-*").Of<CiRole>());
        Assert.Equal(all[1], team);
        Assert.Equal("repo:o/r:ref:refs/heads/main", Assert.Single(team.Subjects).Subject);
        Assert.Equal(["AmazonDynamoDBFullAccess", "team-ci-deployment"], team.AttachedPolicies.Order());
        Assert.Equal(("team-ci-deployment", "arn:aws:iam::aws:policy/PowerUserAccess"), (team.PolicyName, team.PermissionsBoundary));
        Assert.EndsWith("oidc-provider/token.actions.githubusercontent.com", team.ProviderArn, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-PizzaCiRole jwt-pizza-ecs", "NotAnOidcRole")]
    [InlineData("Get-PizzaCiRole githubci", "NoSuchEntity")]
    [InlineData("Get-PizzaCiRole '[a'", "InvalidPattern")]
    [InlineData("Get-PizzaRolePolicy githubci", "NoSuchEntity")]
    [InlineData("Get-PizzaRolePolicy github-ci AmazonS3FullAccess", "NoSuchEntity")]
    [InlineData("Get-PizzaCiPolicy -RoleName github-ci -PolicyName other", "NoSuchEntity")]
    [InlineData("Get-PizzaOidcProvider https://gitlab.com", "NoSuchEntity")]
    [InlineData("Get-PizzaService none", "ServiceNotFoundException")]
    [InlineData("Get-PizzaService jwt-pizza-service -Cluster none", "ClusterNotFoundException")]
    public void A_name_that_is_not_there_is_one_error(string script, string id)
    {
        Finished run = _sandbox.Run(script);
        Assert.StartsWith(id + ",", run.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("Get-PizzaCiRole none-*")]
    [InlineData("Get-PizzaRolePolicy none-*")]
    [InlineData("Get-PizzaRolePolicy github-ci none-*")]
    [InlineData("Get-PizzaCiPolicy none-*")]
    [InlineData("Get-PizzaOidcProvider *none*")]
    [InlineData("Get-PizzaService none-*")]
    [InlineData("Get-PizzaReplicationAccess")]
    public void A_pattern_that_fits_nothing_is_no_error(string script) => Assert.Empty(_sandbox.Run(script).Of<object>());

    [Fact]
    public void A_role_that_is_missing_is_answered_with_the_one_that_was_perhaps_meant() =>
        Assert.Contains("Did you mean 'github-ci'?", _sandbox.Run("Get-PizzaCiRole githubci").Error.Exception.Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_policy_shows_each_repository_and_what_for()
    {
        _sandbox.Run("Grant-PizzaCiPolicy team/one; Grant-PizzaCiPolicy team/two -IncludePull -IncludeVerify -Cluster c -Service s")
            .Of<object>();
        IReadOnlyList<CiPolicyGrant> rows = _sandbox.Run("Get-PizzaCiPolicy").Of<CiPolicyGrant>();
        Assert.Equal(["team/one", "team/two"], rows.Select(r => r.RepositoryName));
        Assert.All(rows, r => Assert.Equal(("github-ci", Defaults.PolicyName, "us-east-1", true),
            (r.RoleName, r.PolicyName, r.Region, r.CanPush)));
        Assert.All(rows, r => Assert.Equal(["role github-ci"], r.AttachedTo!));
        Assert.Equal((false, false, true, "one", "one"),
            (rows[0].CanPull, rows[0].CanVerify, rows[0].CanDeploy, rows[0].Cluster, rows[0].Service));
        // two services and two repositories: which of them is meant for team/two, the policy does not tell
        Assert.Equal((true, true, false, null), (rows[1].CanPull, rows[1].CanVerify, rows[1].CanDeploy, rows[1].Service));
        Assert.Equal("v3", rows[0].VersionId);
    }

    [Fact]
    public void What_Grant_tells_of_a_policy_is_what_Get_reads_of_it()
    {
        CiPolicyGrant made = Assert.Single(
            _sandbox.Run("Grant-PizzaCiPolicy team/one -Cluster c -Service s -IncludePull").Of<CiPolicyGrant>());
        CiPolicyGrant read = Assert.Single(_sandbox.Run("Get-PizzaCiPolicy team/*").Of<CiPolicyGrant>());
        Assert.Equal(made with { Status = null, Sids = read.Sids, AttachedTo = read.AttachedTo }, read);
        Assert.Equal(("c", "s"), (read.Cluster, read.Service));
    }

    [Fact]
    public void A_policy_of_AWS_that_opens_every_repository_is_shown_as_its_pattern()
    {
        _sandbox.Run("Grant-PizzaRolePolicy github-ci AmazonEC2ContainerRegistryPowerUser").Of<object>();
        CiPolicyGrant wide = Assert.Single(_sandbox.Run("Get-PizzaCiPolicy").Of<CiPolicyGrant>());
        Assert.Equal(("*", "", "", true, true), (wide.RepositoryName, wide.Region, wide.RegistryId, wide.CanPush, wide.CanPull));
    }

    [Fact]
    public void Each_policy_is_read_once_however_many_roles_and_records_there_are()
    {
        _sandbox.Run("Grant-PizzaCiPolicy team/one; New-PizzaCiRole o/r -Form Name -RoleName other; " +
            "Grant-PizzaRolePolicy other jwt-pizza-ci-deployment").Of<object>();
        _sandbox.NewCalls();
        Assert.Equal(2, _sandbox.Run("Get-PizzaRepository | Get-PizzaCiPolicy").Of<CiPolicyGrant>().Count);
        Assert.Single(_sandbox.NewCalls(), c => c.Operation == "GetPolicyVersion");
    }

    [Fact]
    public void Who_has_a_policy_is_empty_and_warned_of_where_it_could_not_be_seen()
    {
        _sandbox.Run("Grant-PizzaCiPolicy team/one").Of<object>();
        _sandbox.SetFault(new() { Operation = "ListEntitiesForPolicy", Error = "AccessDenied" });
        Finished run = _sandbox.Run("Get-PizzaCiPolicy");
        Assert.Null(Assert.Single(run.Of<CiPolicyGrant>()).AttachedTo);
        Assert.Contains("could not be seen", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Subjects_of_all_roles_come_from_one_list()
    {
        _sandbox.Run("New-PizzaCiRole o/r -Form Name -RoleName other").Of<object>();
        _sandbox.NewCalls();
        Assert.Equal(["github-ci", "other"], _sandbox.Run("Get-PizzaTrustSubject *").Of<TrustSubject>().Select(s => s.RoleName));
        Assert.Equal("ListRoles", Assert.Single(_sandbox.NewCalls()).Operation);
    }

    [Fact]
    public void A_provider_is_found_by_its_address_with_and_without_scheme()
    {
        foreach (string url in new[] { "*", "token.actions.githubusercontent.com", "https://token.actions.githubusercontent.com" })
            Assert.Equal(["sts.amazonaws.com"], Assert.Single(_sandbox.Run($"Get-PizzaOidcProvider {url}").Of<RegisteredProvider>())
                .Audiences);
    }

    [Fact]
    public void Replication_access_shows_statements_of_others_too()
    {
        _sandbox.Run("Grant-PizzaReplication 210987654321 prod/; Grant-PizzaReplication 310987654321").Of<object>();
        IReadOnlyList<ReplicationAccess> rows = _sandbox.Run("Get-PizzaReplicationAccess").Of<ReplicationAccess>();
        Assert.Equal([("210987654321", "prod/"), ("310987654321", "")],
            rows.Select(r => (r.SourceRegistryId, string.Join(',', r.Prefix))));
        Assert.All(rows, r => Assert.True(r.CreateRepository));
        Assert.Equal("310987654321", Assert.Single(_sandbox.Run("Get-PizzaReplicationAccess 3*").Of<ReplicationAccess>()).SourceRegistryId);
        Assert.Equal(ChangeStatus.Removed, Assert.Single(
            _sandbox.Run("Get-PizzaReplicationAccess 2* | Revoke-PizzaReplication").Of<ReplicationAccess>()).Status);
        Assert.Equal("310987654321", Assert.Single(_sandbox.Run("Get-PizzaReplicationAccess").Of<ReplicationAccess>()).SourceRegistryId);
    }

    [Fact]
    public void A_service_shows_the_image_that_its_tasks_run()
    {
        string digest = Assert.Single(_sandbox.Run(
            "New-PizzaRepository jwt-pizza-service | Push-PizzaImage $layout -LayoutTag v1 -Tag latest | ForEach-Object ImageDigest; " +
            "Update-PizzaService jwt-pizza-service | Out-Null").Of<string>());
        PizzaService service = Assert.Single(_sandbox.Run("Get-PizzaService jwt*").Of<PizzaService>());
        Assert.Equal(("jwt-pizza-service", "jwt-pizza-service", "ACTIVE", 1, 1),
            (service.Service, service.Cluster, service.Status, service.RunningCount, service.DesiredCount));
        Assert.EndsWith("/jwt-pizza-service:latest", Assert.Single(service.ImageUris), StringComparison.Ordinal);
        Assert.Equal(digest, Assert.Single(service.ImageDigests!));
        Assert.Equal(service, Assert.Single(_sandbox.Run("Get-PizzaService jwt-pizza-service -Cluster jwt*").Of<PizzaService>()));
    }

    [Fact]
    public void A_service_whose_tasks_may_not_be_seen_has_no_digests_and_a_warning()
    {
        _sandbox.SetFault(new() { Operation = "ecs:ListTasks", Error = "AccessDeniedException" });
        Finished run = _sandbox.Run("Get-PizzaService");
        Assert.Null(Assert.Single(run.Of<PizzaService>()).ImageDigests);
        Assert.Contains("jwt-pizza-service", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_is_asked_about_a_repository_of_one_region()
    {
        _sandbox.Run("Grant-PizzaCiPolicy team/one").Of<object>();
        string host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
        Assert.Single(_sandbox.Run($"Get-PizzaCiPolicy {host}/team/one").Of<CiPolicyGrant>());
        Assert.Empty(_sandbox.Run($"Get-PizzaCiPolicy {host.Replace("us-east-1", "eu-west-1", StringComparison.Ordinal)}/team/one " +
            "-Region eu-west-1").Of<CiPolicyGrant>());
    }

    [Fact]
    public void The_list_of_providers_in_an_answer_without_one_is_empty()
    {
        _sandbox.Run("Unregister-PizzaOidcProvider -IgnoreTrust -Force").Of<object>();
        Assert.Empty(_sandbox.Run("Get-PizzaOidcProvider").Of<RegisteredProvider>());
    }
}
