using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Json;

/// <summary>What must hold for every document and every place in it.</summary>
public sealed class JsonTextProperties
{
    private static readonly JsonNode s_new = JsonNode.Parse("""{"Sid":"New","Action":["x:Y","x:Z"]}""")!;

    private static readonly Gen<string> s_space = Gen.Elements("", "", " ", "\n  ", "\r\n\t", "\n");
    private static readonly Gen<string> s_scalar =
        Gen.Elements("1", "-2.50e+3", "true", "null", "\"\"", "\"a,b]}\"", "\"\\u0041\\\"\\\\\"", "\"é😀\"", "\"x\\/y\"");

    [Fact]
    public void A_value_replaced_leaves_every_other_character() => ForEveryPart(_ => true, (document, part) =>
    {
        JsonText after = document.Replace(part, s_new.DeepClone());
        return SameOutside(document, after, part.Start, part.End)
            && JsonNode.DeepEquals(JsonNode.Parse(after.Raw(after.Find(part.Path)!)), s_new);
    });

    [Fact]
    public void A_value_appended_leaves_every_other_character() => ForEveryPart(p => !p.IsObject, (document, part) =>
    {
        JsonText after = document.Append(part, s_new.DeepClone());
        JsonPart array = after.Find(part.Path)!;
        return SameOutside(document, after, part.Start, part.End)
            && array.Children.Take(array.Children.Count - 1).Select(after.Raw).SequenceEqual(part.OneOrMany.Select(document.Raw))
            && JsonNode.DeepEquals(JsonNode.Parse(after.Raw(array.Children[^1])), s_new);
    });

    [Fact]
    public void Appended_and_removed_again_gives_the_document_back() => ForEveryPart(p => p.IsArray, (document, part) =>
    {
        JsonText after = document.Append(part, s_new.DeepClone());
        return after.Remove(after.Find(part.Path)!.Children[^1]).Text == document.Text;
    });

    [Fact]
    public void A_member_added_and_removed_again_gives_the_document_back() => ForEveryPart(p => p.IsObject, (document, part) =>
    {
        JsonText after = document.AddMember(part, "new", s_new.DeepClone());
        JsonPart member = after.Find(part.Path)!.Children[^1];
        return member.Name == "new" && SameOutside(document, after, part.Start, part.End) && after.Remove(member).Text == document.Text;
    });

    [Fact]
    public void A_part_removed_leaves_the_text_of_its_siblings() => ForEveryPart(p => p.Parent is not null, (document, part) =>
    {
        JsonText after = document.Remove(part);
        JsonPart parent = after.Find(part.Parent!.Path)!;
        return SameOutside(document, after, part.Parent.Start, part.Parent.End)
            && parent.Children.Select(after.Raw).SequenceEqual(part.Parent.Children.Where(c => c != part).Select(document.Raw));
    });

    [Fact]
    public void A_key_renamed_leaves_every_other_character() => ForEveryPart(p => p.Name is not null, (document, part) =>
    {
        JsonText after = document.Rename(part, "new");
        return SameOutside(document, after, part.Begin, part.Start) && after.Root.Children.Count == document.Root.Children.Count;
    });

    [Fact]
    public void Compact_says_the_same_in_no_more_characters() => ForEveryPart(p => p.Parent is null, (document, _) =>
    {
        string compact = document.Compact().Text;
        return compact.Length <= document.Text.Length && JsonNode.DeepEquals(JsonNode.Parse(compact), JsonNode.Parse(document.Text));
    });

    private static void ForEveryPart(Func<JsonPart, bool> where, Func<JsonText, JsonPart, bool> holds) =>
        Prop.ForAll(Value(3).ToArbitrary(), json =>
        {
            JsonText document = JsonText.Parse(json, "The document");
            return All(document.Root).Where(where).All(part => document.Find(part.Path) == part && holds(document, part));
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<JsonPart> All(JsonPart part) => part.Children.SelectMany(All).Prepend(part);

    private static bool SameOutside(JsonText before, JsonText after, int start, int end) =>
        after.Text.StartsWith(before.Text[..start], StringComparison.Ordinal)
            && after.Text.EndsWith(before.Text[end..], StringComparison.Ordinal);

    private static Gen<string> Value(int depth) =>
        depth == 0 ? s_scalar : Gen.OneOf(s_scalar, Container("[", "]", Value(depth - 1)), Container("{", "}", Member(depth)));

    private static Gen<string> Member(int depth) =>
        from before in s_space from after in s_space from value in Value(depth - 1) select $"\"k\"{before}:{after}{value}";

    private static Gen<string> Container(string open, string close, Gen<string> item) =>
        from items in (from before in s_space from text in item from after in s_space select (before, text, after)).ListOf()
        from outer in s_space
        select items.Count == 0
            ? open + close : open + string.Join(",", items.Take(4).Select((x, i) => x.before + Unique(x.text, i) + x.after)) + close;

    private static string Unique(string member, int i) =>
        member.StartsWith("\"k\"", StringComparison.Ordinal) ? $"\"k{i}\"{member[3..]}" : member;
}
