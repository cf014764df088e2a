using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>Tags. Those of policies and providers differ in keys of either case; those of the others do not.</summary>
internal static class Tagging
{
    /// <summary>The tags of something new.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> New(IamCall call, bool caseCounts = false)
    {
        IReadOnlyList<KeyValuePair<string, string>> tags = call.Tags();
        if (tags.DistinctBy(t => t.Key, Comparer(caseCounts)).Count() == tags.Count) return tags;
        throw IamErrors.InvalidInput(
            caseCounts ? "Duplicate tag keys found." : "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }

    /// <summary>Adds tags; of one key the new value counts.</summary>
    public static XElement[]? Add(IamCall call, ITagged tagged)
    {
        bool caseCounts = CaseCounts(tagged);
        IReadOnlyList<KeyValuePair<string, string>> added = New(call, caseCounts);
        List<KeyValuePair<string, string>> tags = [.. tagged.Tags];
        foreach (KeyValuePair<string, string> tag in added)
        {
            int at = tags.FindIndex(t => Comparer(caseCounts).Equals(t.Key, tag.Key));
            if (at < 0) tags.Add(tag);
            else tags[at] = tag;
        }
        if (tags.Count > ParameterRules.MaxTags) throw IamErrors.LimitExceeded("The number of tags has reached the maximum limit.");
        tagged.Tags = tags;
        return null;
    }

    public static XElement[]? Remove(IamCall call, ITagged tagged)
    {
        HashSet<string> keys = new(call.Texts("TagKeys"), Comparer(CaseCounts(tagged)));
        tagged.Tags = [.. tagged.Tags.Where(t => !keys.Contains(t.Key))];
        return null;
    }

    public static XElement[] List(IamCall call, ITagged tagged) =>
        call.Page(tagged.Tags, t => t.Key, page => [Tags(page)], StringComparer.Ordinal);

    private static bool CaseCounts(ITagged tagged) => tagged is ManagedPolicy or OidcProvider or InstanceProfile;

    private static StringComparer Comparer(bool caseCounts) => caseCounts ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
}
