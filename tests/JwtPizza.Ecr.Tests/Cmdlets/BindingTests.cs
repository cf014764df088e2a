using System.Management.Automation;
using System.Reflection;
using JwtPizza.Ecr.Cmdlets.Pipeline;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>How cmdlets take their input from the pipeline, and in what order and with what errors they answer.</summary>
public sealed class BindingTests(SandboxShell sandbox) : IClassFixture<SandboxShell>
{
    [Theory]
    [InlineData("'team/two', 'team/one' | Get-PizzaRepository")]
    [InlineData("Get-PizzaRepository team/two, team/one")]
    [InlineData("Get-PizzaRepository -RepositoryName team/two, team/one")]
    [InlineData("[pscustomobject]@{ RepositoryName = 'team/two' }, [pscustomobject]@{ RepositoryName = 'team/one' } | Get-PizzaRepository")]
    [InlineData("Get-PizzaRepository team/* | Sort-Object RepositoryName -Descending | Get-PizzaRepository")]
    public void Repositories_are_answered_in_the_order_they_were_asked_for(string script) =>
        Assert.Equal(["team/two", "team/one"], sandbox.Run(script).Of<Repository>().Select(r => r.RepositoryName));

    [Fact]
    public void The_output_of_one_cmdlet_binds_to_the_next_by_property_name()
    {
        EcrImage image = Assert.Single(sandbox.Run("Get-PizzaRepository team/* | Get-PizzaImage").Of<EcrImage>());
        Assert.Equal(("team/one", "v1"), (image.RepositoryName, Assert.Single(image.ImageTags)));
    }

    [Fact]
    public void A_property_without_a_value_means_that_nothing_was_said() =>
        Assert.Single(
            sandbox.Run("[pscustomobject]@{ RepositoryName = 'team/one'; Region = $null; RegistryId = $null } | Get-PizzaRepository")
                .Of<Repository>());

    [Fact]
    public void A_record_that_fails_is_named_and_the_next_ones_go_on()
    {
        Finished run = sandbox.Run("'team/one', 'nope', 'team/two' | Get-PizzaRepository");
        Assert.Equal(["team/one", "team/two"], run.Output.Cast<Repository>().Select(r => r.RepositoryName));
        Assert.Equal("RepositoryNotFoundException,JwtPizza.Ecr.Cmdlets.Repositories.GetPizzaRepositoryCommand",
            run.Error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, run.Error.CategoryInfo.Category);
        Assert.Equal("nope", run.Error.TargetObject);
        Assert.Null(run.Thrown);
    }

    [Theory]
    [InlineData("Get-PizzaRepository Team", "InvalidRepositoryName")]
    [InlineData("New-PizzaRepository team/new -ImageTagMutability NEVER", "ParameterArgumentValidationError")]
    [InlineData("Push-PizzaImage $layout team/one -LayoutTag v1 -Tag 'a b'", "InvalidImageTag")]
    [InlineData("Remove-PizzaImage team/one -Digest sha256:1 -Force", "InvalidDigest")]
    [InlineData("'o' | Add-PizzaTrustSubject -Form Name", "InvalidGitHubRepository")]
    [InlineData("Set-PizzaLifecycle team/one -Policy '{\"rules\":[]}'", "InvalidLifecyclePolicy")]
    [InlineData("Get-PizzaRepository -Region nowhere", "InvalidRegion")]
    public void What_cannot_be_is_refused_with_a_stable_id_before_anything_is_sent(string script, string id)
    {
        sandbox.NewCalls();
        Finished run = sandbox.Run(script);
        Assert.StartsWith($"{id},", (run.Thrown ?? run.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(sandbox.NewCalls());
    }

    /// <summary>Every record that a cmdlet writes, beside every cmdlet that takes something from the pipeline.</summary>
    public static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        Type[] commands = [.. typeof(PizzaCmdlet).Assembly.GetExportedTypes().Where(t => t.IsDefined(typeof(CmdletAttribute)))];
        foreach (Type made in commands.SelectMany(c => c.GetCustomAttributes<OutputTypeAttribute>()).SelectMany(o => o.Type)
            .Select(t => t.Type).Where(t => t.Namespace == "JwtPizza.Ecr").Distinct())
            foreach (Type taking in commands) pairs.Add(made.Name, taking.Name);
        return pairs;
    }

    /// <summary>Where a record's property has the name of a parameter, PowerShell binds it: it must be of a type that fits, and a parameter
    /// that refuses null would end the chain at a record that leaves it empty.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_record_in_the_pipeline_fits_the_parameters_that_bear_its_properties_names(string record, string command)
    {
        Type made = typeof(Repository).Assembly.GetType($"JwtPizza.Ecr.{record}")!;
        Type taking = typeof(PizzaCmdlet).Assembly.GetExportedTypes().Single(t => t.Name == command);
        if (taking.GetProperties().Any(p => IsNeeded(p) && !Names(p).Any(n => made.GetProperty(n) is not null))) return;   // no chain
        foreach (PropertyInfo parameter in taking.GetProperties())
        {
            if (!parameter.GetCustomAttributes<ParameterAttribute>().Any(p => p.ValueFromPipelineByPropertyName)) continue;
            if (Names(parameter).Select(n => made.GetProperty(n)).FirstOrDefault(p => p is not null) is not { } property) continue;
            bool transformed = parameter.GetCustomAttributes().Any(a => a is ArgumentTransformationAttribute);
            Assert.True(transformed || Fits(property.PropertyType, parameter.PropertyType),
                $"{record}.{property.Name} ({property.PropertyType.Name}) does not fit -{parameter.Name} " +
                $"({parameter.PropertyType.Name}) of {command}");
            bool mayBeNull = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
            Assert.False(
                mayBeNull
                    && parameter.GetCustomAttributes().Any(a => a is ValidateEnumeratedArgumentsAttribute or ValidateNotNullAttribute),
                    $"-{parameter.Name} of {command} refuses {record}.{property.Name} when it is null");
        }
    }

    private static bool IsNeeded(PropertyInfo parameter) => parameter.GetCustomAttributes<ParameterAttribute>().Any(p => p.Mandatory);

    private static string[] Names(PropertyInfo parameter) =>
        [parameter.Name, .. parameter.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? []];

    private static bool Fits(Type from, Type to) =>
        to.IsAssignableFrom(from) || to == typeof(object) || Plain(to) == Plain(from)
            || (to == typeof(SwitchParameter) && from == typeof(bool)) || to == typeof(string) && !from.IsArray
        || (to.IsArray && (from == to || Fits(from.IsArray ? from.GetElementType()! : from, to.GetElementType()!)))
        || (to.IsArray && from.IsArray && to.GetElementType() == typeof(string));

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
