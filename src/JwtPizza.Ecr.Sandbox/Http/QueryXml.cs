using System.Globalization;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The XML that services of the Query protocol answer with. Names have no namespace; the endpoint gives them one.</summary>
internal static class QueryXml
{
    public static XElement El(string name, params object?[] content) => new(name, content);

    /// <summary>A time as IAM and STS write it: UTC, whole seconds.</summary>
    public static XElement El(string name, DateTimeOffset time) =>
        new(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    public static XElement List<T>(string name, IEnumerable<T> items, Func<T, object?> content) =>
        new(name, items.Select(i => new XElement("member", content(i))));

    public static XElement Tags(IEnumerable<KeyValuePair<string, string>> tags) =>
        List("Tags", tags, t => new object[] { El("Key", t.Key), El("Value", t.Value) });
}
