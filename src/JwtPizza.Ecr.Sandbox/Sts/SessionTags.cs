using System.IO.Compression;
using System.Text;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The tags of sessions: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html</summary>
internal static class SessionTags
{
    // AWS does not tell how it packs. A policy of a hundred characters takes 16 % there, and so it does here.
    private const int PackedLimit = 620;

    /// <summary>The tags that a call asks for, and those that the caller's session passes on.</summary>
    public static IReadOnlyList<SessionTag> Of(QueryCall call, Session? from)
    {
        IReadOnlyList<KeyValuePair<string, string>> asked = call.Tags();
        IReadOnlyList<string> transitive = call.Texts("TransitiveTagKeys");
        SessionTag[] inherited = [.. from?.Tags.Where(t => t.IsTransitive) ?? []];
        if (asked.DistinctBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Count() < asked.Count)
            throw Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        if (asked.Any(a => inherited.Any(i => Same(i.Key, a.Key))))
            throw Invalid(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling " +
                "session.");
        if (transitive.Any(t => !asked.Any(a => Same(a.Key, t))))
            throw Invalid("The specified transitive tag key must be included in the requested tags.");
        return [.. inherited,
            .. asked.Select(a => new SessionTag(a.Key, a.Value, transitive.Contains(a.Key, StringComparer.OrdinalIgnoreCase)))];
    }

    /// <summary>Puts into the context what a call asks for.</summary>
    public static void Describe(RequestContext context, QueryCall call, IReadOnlyList<SessionTag> tags)
    {
        foreach (SessionTag tag in tags) context.With("aws:RequestTag/" + tag.Key, tag.Value);
        if (tags.Count > 0) context.With("aws:TagKeys", [.. tags.Select(t => t.Key)]);
        if (tags.Any(t => t.IsTransitive)) context.With("sts:TransitiveTagKeys", [.. tags.Where(t => t.IsTransitive).Select(t => t.Key)]);
    }

    /// <summary>How much of the space for policies and tags is used, in percent; null where there are none.</summary>
    public static int? PackedSize(IReadOnlyList<string> policies, IReadOnlyList<SessionTag> tags)
    {
        if (policies.Count + tags.Count == 0) return null;
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(Encoding.UTF8.GetBytes(string.Concat(policies) + string.Concat(tags.Select(t => $"{t.Key}={t.Value};"))));
        int percent = (int)Math.Ceiling(100.0 * packed.Length / PackedLimit);
        return percent <= 100 ? percent : throw new ApiError("PackedPolicyTooLarge",
            policies.Count == 0 ? $"Packed size of session tags consumes {percent}% of allotted space." : "Packed policy consumes " +
                $"{percent}% of allotted space, please use smaller policy.");
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static ApiError Invalid(string message) => new("InvalidParameterValue", message);
}
