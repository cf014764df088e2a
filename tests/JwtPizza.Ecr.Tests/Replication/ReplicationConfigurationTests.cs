using static JwtPizza.Ecr.Tests.Replication.Configurations;

namespace JwtPizza.Ecr.Tests.Replication;

public sealed class ReplicationConfigurationTests
{
    [Fact]
    public void The_first_rule_is_made_and_tells_of_the_service_linked_role()
    {
        Edit<ReplicationConfiguration, RegistryReplication> edit = Parse(null).Add([Ireland, Oregon], ["team-a/"]);
        Assert.Equal(Rule([Ireland, Oregon], "team-a/"), edit.After);
        Assert.Contains("iam:CreateServiceLinkedRole", edit.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_further_destination_of_the_same_repositories_joins_their_rule() =>
        Assert.Equal(Rule([Ireland, Oregon], "team-a/", "web"),
            Parse(Rule([Ireland], "team-a/", "web")).Add([Oregon], ["web", "team-a/"]).After);

    [Fact]
    public void Further_repositories_for_the_same_destinations_join_their_rule() =>
        Assert.Equal(Rule([Ireland, Oregon], "team-a/", "web"),
            Parse(Rule([Ireland, Oregon], "team-a/")).Add([Oregon, Ireland], ["web"]).After);

    [Fact]
    public void What_would_reach_too_far_gets_a_rule_of_its_own()
    {
        ReplicationConfiguration configuration = Parse(Rule([Ireland], "team-a/")).Add([Oregon], ["web"]).Document;
        Assert.Equal(["team-a/ -> eu-west-1", "web -> us-west-2"], Pairs(configuration));
        Assert.Equal(2, configuration.Rules.Count);
    }

    [Theory]
    [InlineData("team-a/")]
    [InlineData("team-a/api")]
    public void What_a_shorter_prefix_covers_is_not_written_again(string prefix) =>
        Assert.False(Parse(Rule([Ireland], "team-a/")).Add([Ireland], [prefix]).Changed);

    [Fact]
    public void A_rule_for_all_repositories_covers_every_prefix_but_no_prefix_covers_all()
    {
        Assert.False(Parse(Rule([Ireland])).Add([Ireland], ["web"]).Changed);
        Assert.Equal(["web -> eu-west-1", "* -> eu-west-1"], Pairs(Parse(Rule([Ireland], "web")).Add([Ireland], []).Document));
    }

    [Fact]
    public void What_this_version_does_not_know_stays_as_it_is()
    {
        const string future =
            """{"rules":[{"destinations":[{"region":"eu-west-1","registryId":"123456789012","speed":"fast"}],"repositoryFilters":[{"filter":"a*","filterType":"WILDCARD"},{"filter":"web","filterType":"PREFIX_MATCH"}],"priority":3}],"more":true}""";
        Edit<ReplicationConfiguration, RegistryReplication> edit = Parse(future).Add([Ireland, Oregon], ["web"]);
        Assert.StartsWith(future[..future.IndexOf("],\"more\"", StringComparison.Ordinal)], edit.After, StringComparison.Ordinal);
        Assert.EndsWith(",\"more\":true}", edit.After, StringComparison.Ordinal);
        Assert.Equal(2, edit.Document.Rules.Count);
        Assert.Equal(future, edit.Document.Remove([Oregon], null).After);
    }

    [Fact]
    public void A_registry_does_not_replicate_to_itself()
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Parse(null).Add([Ireland, Source], []));
        Assert.Equal(("ReplicationToItself", PizzaErrorKind.InvalidArgument), (e.ErrorId, e.Kind));
        Assert.True(Parse(null).Add([Source with { RegistryId = "210987654321" }], []).Changed);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("team-a/*")]
    [InlineData("Team")]
    [InlineData("/team")]
    [InlineData("")]
    public void What_is_no_beginning_of_a_name_is_refused(string prefix) =>
        Assert.Equal("InvalidReplicationPrefix", Assert.Throws<PizzaException>(() => Parse(null).Add([Ireland], [prefix])).ErrorId);

    [Fact]
    public void The_limits_of_ECR_are_kept()
    {
        ReplicationConfiguration full = Parse(null);
        for (int i = 0; i < 10; i++) full = full.Add([Ireland with { RegistryId = $"{i:D12}" }], [$"prefix-{i}"]).Document;
        AssertLimit("11 rules", () => full.Add([Oregon], ["another"]));
        AssertLimit("26 different destinations",
            () => Parse(null).Add([.. Enumerable.Range(0, 26).Select(i => Ireland with { RegistryId = $"{i:D12}" })], []));
        AssertLimit("101 prefixes", () => Parse(null).Add([Ireland], [.. Enumerable.Range(0, 101).Select(i => $"prefix-{i}")]));
        Assert.Equal(25, Parse(null).Add([.. Enumerable.Range(0, 25).Select(i => Ireland with { RegistryId = $"{i:D12}" })], []).Document
            .Replications().Count);

        static void AssertLimit(string count, Action act)
        {
            PizzaException e = Assert.Throws<PizzaException>(act);
            Assert.Equal(("ReplicationLimit", PizzaErrorKind.LimitExceeded), (e.ErrorId, e.Kind));
            Assert.Contains(count, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_the_destination_that_is_named_goes()
    {
        ReplicationConfiguration configuration = Parse(Rule([Ireland, Oregon], "web"));
        Assert.Equal(Rule([Oregon], "web"), configuration.Remove([Ireland], null).After);
        Assert.Equal("""{"rules":[]}""", configuration.Remove([Ireland, Oregon], null).After);
        Assert.False(configuration.Remove([Ireland with { RegistryId = "210987654321" }], null).Changed);
    }

    [Fact]
    public void Only_the_prefix_that_is_named_goes_and_a_rule_is_split_where_it_must()
    {
        ReplicationConfiguration configuration = Parse(Rule([Ireland, Oregon], "api", "web"));
        Assert.Equal(Rule([Ireland, Oregon], "web"), configuration.Remove(null, ["api"]).After);
        Assert.Equal(["web -> eu-west-1", "web -> us-west-2", "api -> us-west-2"],
            Pairs(configuration.Remove([Ireland], ["api"]).Document));
        Assert.Equal(Rule([Oregon], "api", "web"), configuration.Remove([Ireland], ["web", "api"]).After);
    }

    [Fact]
    public void An_empty_list_of_prefixes_means_the_rules_for_all_repositories()
    {
        ReplicationConfiguration configuration = Parse(Rule([Ireland], "web")).Add([Ireland], []).Document;
        Assert.Equal(["web -> eu-west-1"], Pairs(configuration.Remove([Ireland], []).Document));
    }

    [Fact]
    public void A_prefix_within_a_wider_rule_stays_and_that_is_told()
    {
        Edit<ReplicationConfiguration, RegistryReplication> edit = Parse(Rule([Ireland])).Remove([Ireland], ["web"]);
        Assert.False(edit.Changed);
        Assert.Contains("all repositories", edit.Warnings.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repository_knows_where_its_images_go()
    {
        ReplicationConfiguration configuration = Parse(Rule([Ireland, Oregon], "team-a/"))
            .Add([Source with { RegistryId = "210987654321" }], []).Document;
        Assert.Equal(3, configuration.DestinationsOf(RepositoryName.Parse("team-a/api")).Count);
        Assert.Equal("210987654321", configuration.DestinationsOf(RepositoryName.Parse("team-b/api")).Single().RegistryId);
    }

    [Theory]
    [InlineData("[]", "InvalidReplication")]
    [InlineData("{}", "InvalidReplication")]
    [InlineData("{", "InvalidJson")]
    public void What_is_no_configuration_is_refused(string json, string error) =>
        Assert.Equal(error, Assert.Throws<PizzaException>(() => Parse(json)).ErrorId);
}
