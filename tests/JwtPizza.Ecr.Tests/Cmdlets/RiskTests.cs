using System.Text;
using System.Text.RegularExpressions;

using JwtPizza.Ecr.Services.Audit;
using JwtPizza.Ecr.Tests.Sandbox;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>Each rule of Find-PizzaRisk names what was made wrong on purpose, and nothing any more once its command was followed.</summary>
public sealed partial class RiskTests : IAsyncDisposable
{
    private const string Iam = "2010-05-08", Service = "jwt-pizza-service", Account = "123456789012";
    private const string Deployed =
        "New-PizzaRepository jwt-pizza-service -ImageTagMutability IMMUTABLE | Push-PizzaImage $layout -LayoutTag v1 -Tag latest; " +
        "Set-PizzaLifecycle jwt-pizza-service -KeepLast 5; Update-PizzaService jwt-pizza-service";

    private readonly SandboxShell _sandbox = new();

    public RiskTests() => _sandbox.Run("$ConfirmPreference = 'None'; Set-PizzaLifecycle team/two -KeepLast 5").Of<object>();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public void A_world_as_the_cmdlets_make_it_is_silent() => Assert.Empty(Find());

    [Theory]
    [InlineData("", "New-PizzaRepository bare", "NoLifecycle", "repository bare")]
    [InlineData("", "Set-PizzaRepository team/one -ScanOnPush:$false", "ScanningOff", "repository team/one")]
    [InlineData("Set-PizzaScanning -ScanType ENHANCED -ScanOnPush '*'",
        "Set-PizzaScanning -ScanOnPush one -WarningAction Ignore; Set-PizzaScanning -RemoveFilter '*' -WarningAction Ignore", "ScanningOff",
        "repository team/two")]
    [InlineData("", "Grant-PizzaRolePolicy github-ci AmazonEC2ContainerRegistryPowerUser", "WidePolicy", "role github-ci")]
    [InlineData("", "New-PizzaCiRole o/r -Form Name -RoleName other; Grant-PizzaRolePolicy other jwt-pizza-ci-deployment", "SharedPolicy",
        "role other")]
    [InlineData(Deployed, "Set-PizzaRepository jwt-pizza-service -ImageTagMutability MUTABLE", "MutableTagInUse", "repository " + Service)]
    [InlineData("", "New-PizzaRepository jwt-pizza-service -ScanOnPush:$false | Push-PizzaImage $layout -LayoutTag v1 -Tag latest; " +
        "Update-PizzaService jwt-pizza-service", "UnscannedInUse", "repository " + Service)]
    [InlineData(Deployed, "Set-PizzaRepository jwt-pizza-service -ImageTagMutability MUTABLE; " +
        "Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag latest", "UntaggedInUse", "repository " + Service)]
    [InlineData(Deployed, "Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag v2; Remove-PizzaLifecycle jwt-pizza-service; " +
        "Set-PizzaLifecycle jwt-pizza-service -KeepLast 1", "LifecycleTakesUsedImage", "repository " + Service)]
    public void What_is_made_wrong_is_one_row_and_following_its_command_makes_it_silent(
        string before, string damage, string id, string target)
    {
        if (before.Length > 0) _sandbox.Run(before).Of<object>();
        Assert.Empty(Find(id));
        _sandbox.Run(damage).Of<object>();
        PizzaRisk risk = Assert.Single(Find(id));
        Assert.Equal((id, target), (risk.Id, risk.Target));
        Assert.Contains(risk, Find("*"));
        _sandbox.Run(risk.Command!).Of<object>();
        Assert.Empty(Find(id));
    }

    public static TheoryData<string, string> OpenTrusts => new()
    {
        { """{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:o/r:*","repo:*"]}}""", "Remove-PizzaTrustSubject" },
        { """{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:o/r:*","repo:o@*/r@*:*"]}}""", "Remove-PizzaTrustSubject" },
        { """{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*"}}""", "Remove-PizzaCiRole" },
    };

    [Theory, MemberData(nameof(OpenTrusts))]
    public async Task Trust_that_is_open_to_anyone_is_one_row_and_its_command_closes_it(string condition, string cmdlet)
    {
        _sandbox.Run("New-PizzaCiRole o/r -Form Name -RoleName open-ci").Of<object>();
        Assert.Empty(Find());
        await IamAsync("UpdateAssumeRolePolicy", ("RoleName", "open-ci"), ("PolicyDocument",
            $$$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::{{{Account}}}:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{condition}}}}}"""));
        PizzaRisk risk = Assert.Single(Find());
        Assert.Equal(("OpenTrust", "role open-ci", FindingSeverity.Critical, null), (risk.Id, risk.Target, risk.Severity, risk.Region));
        Assert.StartsWith(cmdlet, risk.Command, StringComparison.Ordinal);
        _sandbox.Run(risk.Command!).Of<object>();
        Assert.Empty(Find());
    }

    /// <summary>IAM takes no such policy any more, and those of before are still there.</summary>
    [Theory]
    [InlineData("", "Remove-PizzaCiRole old")]
    [InlineData(""",{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}""", null)]
    public void A_statement_without_a_subject_is_one_row_with_the_command_that_is_true(string other, string? command)
    {
        TrustPolicy trust = TrustPolicy.Parse("old", $"arn:aws:iam::{Account}:role/old",
            $$$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::{{{{Account}}}}:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}}{{{{other}}}}]}""");
        PizzaRisk risk = Assert.Single(new OpenTrust().Find(new(Account, "us-east-1") { Roles = [new(trust, [])] }));
        Assert.Equal(command, risk.Command);
        Assert.Contains("by hand", command is null ? risk.Why : "by hand", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":["ecr:*"],"Resource":"arn:aws:ecr:us-east-1:123456789012:repository/*"}""")]
    [InlineData("""{"Effect":"Allow","Action":"ecs:UpdateService","Resource":"arn:aws:ecs:us-east-1:123456789012:service/*"}""")]
    [InlineData("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""")]
    public async Task A_policy_of_the_account_that_reaches_further_is_one_row_and_its_command_takes_it_away(string statement)
    {
        await IamAsync("CreatePolicy", ("PolicyName", "wide"),
            ("PolicyDocument", $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}"""));
        _sandbox.Run("Grant-PizzaRolePolicy github-ci wide").Of<object>();
        PizzaRisk risk = Assert.Single(Find());
        Assert.Equal(("WidePolicy", "role github-ci"), (risk.Id, risk.Target));
        _sandbox.Run(risk.Command!).Of<object>();
        Assert.Empty(Find());
    }

    [Fact]
    public async Task A_policy_that_a_user_has_too_is_one_row_with_the_command_of_the_AWS_CLI()
    {
        await IamAsync("CreateUser", ("UserName", "dev"));
        await IamAsync("AttachUserPolicy", ("UserName", "dev"), ("PolicyArn", $"arn:aws:iam::{Account}:policy/{Defaults.PolicyName}"));
        PizzaRisk risk = Assert.Single(Find());
        Assert.Equal(("SharedPolicy", "user dev"), (risk.Id, risk.Target));
        Assert.Equal($"aws iam detach-user-policy --user-name dev --policy-arn 'arn:aws:iam::{Account}:policy/{Defaults.PolicyName}'",
            risk.Command);
        await IamAsync("DetachUserPolicy", ("UserName", "dev"), ("PolicyArn", $"arn:aws:iam::{Account}:policy/{Defaults.PolicyName}"));
        Assert.Empty(Find());
    }

    [Theory]
    [InlineData("""{"Sid":"open","Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}""", "delete-repository-policy")]
    [InlineData("""{"Sid":"open","Effect":"Allow","Principal":{"AWS":"*"},"Action":"ecr:BatchGetImage"},{"Sid":"ours","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"ecr:BatchGetImage"}""", "set-repository-policy")]
    public async Task Public_access_is_one_row_and_its_command_takes_out_just_that_statement(string statements, string operation)
    {
        await _sandbox.Sandbox.Ecr("SetRepositoryPolicy", new
        {
            repositoryName = "team/one", policyText = $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""",
        });
        PizzaRisk risk = Assert.Single(Find());
        Assert.Equal(("PublicAccess", "repository team/one", FindingSeverity.Critical), (risk.Id, risk.Target, risk.Severity));
        Match command = AwsCommand().Match(risk.Command!);
        Assert.Equal((operation, "team/one", "us-east-1"),
            (command.Groups["operation"].Value, command.Groups["name"].Value, command.Groups["region"].Value));
        if (command.Groups["text"] is { Success: true, Value: var text })
        {
            await _sandbox.Sandbox.Ecr("SetRepositoryPolicy", new { repositoryName = "team/one", policyText = text });
            Assert.Contains("\"ours\"", text, StringComparison.Ordinal);
        }
        else await _sandbox.Sandbox.Ecr("DeleteRepositoryPolicy", new { repositoryName = "team/one" });
        Assert.Empty(Find());
    }

    [Fact]
    public async Task A_critical_image_in_use_is_one_row_and_the_better_one_that_it_names_is_deployed()
    {
        RegistryClient client = await RegistryClient.Open(_sandbox.Sandbox, Service,
            new { imageTagMutability = "IMMUTABLE", imageScanningConfiguration = new { scanOnPush = true } });
        _sandbox.Run("Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest; " +
            "Set-PizzaLifecycle jwt-pizza-service -KeepLast 50; Update-PizzaService jwt-pizza-service").Of<object>();
        PizzaRisk risk = Assert.Single(Find());
        Assert.Equal(("CriticalInUse", "repository " + Service), (risk.Id, risk.Target));
        Assert.Null(risk.Command);   // no image is known to be better
        for (int number = 0; Convert.FromHexString((await client.PushImage($"{number}", $"t{number}")).Hex)[0] % 4 != 0;) number++;
        risk = Assert.Single(Find("CriticalInUse"));
        Assert.Contains("Update-PizzaService", risk.Command, StringComparison.Ordinal);
        _sandbox.Run(risk.Command!).Of<object>();
        Assert.Empty(Find("CriticalInUse"));
    }

    [Fact]
    public void Keys_of_KMS_are_asked_for_by_a_switch_or_by_name()
    {
        Assert.Empty(Find());
        Assert.Equal(2, _sandbox.Run("Find-PizzaRisk -RequireKms").Of<PizzaRisk>().Count(r => r.Id == "NoKmsKey"));
        Assert.Equal(2, Find("NoKmsKey").Count);
        _sandbox.Run("Remove-PizzaRepository team/two -Force; New-PizzaRepository team/two -EncryptionType KMS").Of<object>();
        Assert.Equal("repository team/one", Assert.Single(Find("NoKmsKey")).Target);
    }

    [Fact]
    public void The_course_as_it_is_taught_has_one_mutable_tag_and_the_findings_that_the_sandbox_invents()
    {
        _sandbox.Run("'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -Form Name; New-PizzaRepository jwt-pizza-service -Force | " +
            "Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10; Grant-PizzaCiPolicy jwt-pizza-service; " +
            "Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest | Update-PizzaService").Of<object>();
        Assert.Equal(["CriticalInUse", "MutableTagInUse"], Find().Select(r => r.Id).Order());
    }

    [Theory]
    [InlineData("DescribeRepositories", "NoLifecycle, ScanningOff", "NoLifecycle")]
    [InlineData("GetLifecyclePolicy", "NoLifecycle", "NoLifecycle")]
    [InlineData("ListRoles", "OpenTrust", "OpenTrust")]
    [InlineData("ListEntitiesForPolicy", "OpenTrust, SharedPolicy", "SharedPolicy")]
    [InlineData("ecs:ListClusters", "UntaggedInUse, ScanningOff", "UntaggedInUse")]
    public void What_may_not_be_read_is_an_error_that_names_the_rules_and_the_others_are_checked(string operation, string ids, string named)
    {
        _sandbox.Run("Set-PizzaRepository team/one -ScanOnPush:$false").Of<object>();
        _sandbox.SetFault(new() { Operation = operation, Error = operation.Contains("List", StringComparison.Ordinal)
            && !operation.StartsWith("ecs", StringComparison.Ordinal) ? "AccessDenied" : "AccessDeniedException" });
        Finished run = _sandbox.Run($"Find-PizzaRisk {ids}");
        Assert.NotEmpty(run.Errors);
        Assert.All(run.Errors, e => Assert.Contains(named, e.Exception.Message.Split("not checked")[^1], StringComparison.Ordinal));
        bool seesScanning = ids.Contains("ScanningOff", StringComparison.Ordinal) && operation != "DescribeRepositories";
        Assert.Equal(seesScanning ? 1 : 0, run.Output.Count);
    }

    [Fact]
    public void Each_thing_is_asked_for_once_and_only_what_the_wanted_rules_need()
    {
        _sandbox.Run(Deployed).Of<object>();
        _sandbox.NewCalls();
        Find();
        string[] calls = [.. _sandbox.NewCalls().Select(c =>
            $"{c.Operation} {string.Join(' ', c.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}")];
        Assert.Equal(calls.Distinct().Order(), calls.Order());
        Find("OpenTrust");
        Assert.Equal(["GetCallerIdentity", "ListRoles"], _sandbox.NewCalls().Select(c => c.Operation).Order());
    }

    [Fact]
    public void Accepted_findings_are_left_out_with_their_reason()
    {
        _sandbox.Run("New-PizzaRepository archive-1; New-PizzaRepository bare").Of<object>();
        string folder = Directory.CreateTempSubdirectory("jwt-pizza-").FullName;
        string json = Path.Combine(folder, "risks.json"), data = Path.Combine(folder, "risks.psd1");
        File.WriteAllText(json, """[{ "Id": "NoLife*", "Target": "repository archive-*", "Reason": "kept" }]""");
        File.WriteAllText(data, "@{ Suppressions = @(@{ Id = 'NoLifecycle'; Target = 'repository archive-1'; Reason = 'kept' }) }");
        string list = Path.Combine(folder, "list.psd1");
        File.WriteAllText(list, "@(@{ Id = 'Wide*'; Target = '*' }, @{ Id = 'NoLifecycle'; Target = 'repository archive-1'; Reason = 'kept' })");
        foreach (string file in new[] { json, data, list })
        {
            Finished run = _sandbox.Run("Find-PizzaRisk -Suppression $a -Verbose", file);
            Assert.Equal("repository bare", Assert.Single(run.Of<PizzaRisk>()).Target);
            Assert.Contains(run.Verbose, v => v.Contains("archive-1", StringComparison.Ordinal) && v.Contains("(kept)", StringComparison.Ordinal));
        }
        foreach (string wrong in new[] { "[{ \"Id\": \"NoLifecycle\" }]", "[{ \"Id\": \"a\", \"Target\": \"b\", \"Tragte\": \"c\" }]", "{", "3" })
        {
            File.WriteAllText(json, wrong);
            Assert.StartsWith("InvalidSuppression,",
                _sandbox.Run("Find-PizzaRisk -Suppression $a", json).Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_rule_that_does_not_exist_is_an_error_that_names_those_that_do() =>
        Assert.Contains("OpenTrust", _sandbox.Run("Find-PizzaRisk OpenTrusts").Error.Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_command_says_again_in_which_region_it_is_meant()
    {
        _sandbox.Run("New-PizzaRepository far -Region eu-west-1; New-PizzaRepository near").Of<object>();
        IReadOnlyList<PizzaRisk> found = _sandbox.Run("Find-PizzaRisk NoLifecycle -Region us-east-1, eu-west-1").Of<PizzaRisk>();
        Assert.Equal([("us-east-1", "repository near"), ("eu-west-1", "repository far")], found.Select(r => (r.Region!, r.Target)));
        Assert.Contains("-Region eu-west-1", found[1].Command, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_the_rules_as_they_are()
    {
        string file = RepositoryRoot.File("docs", "audit.md"), page = File.ReadAllText(file);
        StringBuilder table = new("| Id | severity | what it finds | what mends it |\n|---|---|---|---|\n");
        foreach (RiskRule rule in RiskRules.All) table.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"| `{rule.Id}` | {rule.Severity} | {rule.Finds} | {rule.Mends} |\n");
        string wanted = Table().Replace(page, _ => table.ToString(), 1);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") is not null) File.WriteAllText(file, page = wanted);
        Assert.True(page == wanted, "docs/audit.md has other rules than the module: run this test once with the variable UPDATE_DOCUMENTS.");
    }

    private IReadOnlyList<PizzaRisk> Find(string id = "*") =>
        _sandbox.Run($"Find-PizzaRisk {id}{(id == "*" ? "" : ", OpenTrust")}").Of<PizzaRisk>();

    private async Task IamAsync(string action, params (string, string)[] parameters) =>
        Assert.Equal(System.Net.HttpStatusCode.OK, (await _sandbox.Sandbox.Query(action, Iam, parameters)).Status);

    [GeneratedRegex(@"\| Id \|(.*\n)+?(?=\n|\z)")]
    private static partial Regex Table();

    [GeneratedRegex(@"\Aaws ecr (?<operation>[a-z-]+) --repository-name (?<name>\S+) --region (?<region>\S+)(?: --policy-text '(?<text>.*)')?\z")]
    private static partial Regex AwsCommand();
}
