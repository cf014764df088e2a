using FsCheck;
using FsCheck.Fluent;
using static JwtPizza.Ecr.Tests.Replication.Configurations;

namespace JwtPizza.Ecr.Tests.Replication;

public sealed class ReplicationProperties
{
    private static readonly string[] s_prefixes = ["api", "web", "team-a/", "team-b/", "prod-"];   // none is the beginning of another

    private static readonly Gen<ReplicationDestination[]> s_destinations =
        from regions in Gen.Elements("eu-west-1", "us-west-2", "eu-central-1").NonEmptyListOf().Resize(3)
        select (ReplicationDestination[])[.. regions.Distinct().Select(r => new ReplicationDestination(r, "123456789012"))];

    private static readonly Gen<string[]> s_some = from prefixes in Gen.Elements(s_prefixes).NonEmptyListOf().Resize(4)
        select (string[])[.. prefixes.Distinct()];

    /// <summary>As a user would have made it, rule by rule.</summary>
    private static readonly Gen<string> s_document =
        from steps in s_destinations.Zip(s_some).ListOf().Resize(4)
        from gap in Gen.Elements("", " ", "\n  ")
        let rules = steps.Select(t => Rule(t.Item1, t.Item2)).Select(r => r["""{"rules":[""".Length..^2])
        select $$"""{{{gap}}"rules":[{{string.Join("," + gap, rules)}}]}""";

    [Fact]
    public void Adding_gives_just_the_union() => Prop.ForAll(s_document.Zip(s_destinations).Zip(s_some).ToArbitrary(), t =>
    {
        ((string document, ReplicationDestination[] to), string[] of) = t;
        HashSet<string> expected = [.. Pairs(Parse(document)), .. to.SelectMany(_ => of, (d, p) => $"{p} -> {d.Region}")];
        return expected.SetEquals(Pairs(Parse(document).Add(to, of).Document));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Adding_again_changes_nothing() => Prop.ForAll(s_document.Zip(s_destinations).Zip(s_some).ToArbitrary(), t =>
        !Parse(t.Item1.Item1).Add(t.Item1.Item2, t.Item2).Document.Add([.. t.Item1.Item2.Reverse()], [.. t.Item2.Reverse()]).Changed)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Removing_takes_just_what_is_named() => Prop.ForAll(s_document.Zip(s_destinations).Zip(s_some).ToArbitrary(), t =>
    {
        ((string document, ReplicationDestination[] to), string[] of) = t;
        HashSet<string> expected = [.. Pairs(Parse(document)).Except(to.SelectMany(_ => of, (d, p) => $"{p} -> {d.Region}"))];
        return expected.SetEquals(Pairs(Parse(document).Remove(to, of).Document));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_new_destination_comes_and_goes_without_a_trace() => Prop.ForAll(s_document.Zip(s_some).ToArbitrary(), t =>
    {
        ReplicationDestination fresh = new("ap-southeast-2", "210987654321");
        return Parse(t.Item1).Add([fresh], t.Item2).Document.Remove([fresh], null).After == t.Item1;
    }).QuickCheckThrowOnFailure();
}
