using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// Writes a policy as ECR gives it back: indented, with spaces around colons and in lists, and accounts as the ARNs of their roots.
/// An example: https://docs.aws.amazon.com/cli/latest/reference/ecr/get-repository-policy.html
/// </summary>
internal static partial class PolicyPrinter
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Print(string policy, string partition)
    {
        using JsonDocument json = JsonDocument.Parse(policy);
        StringBuilder text = new();
        Print(text, json.RootElement, 1, partition, isPrincipal: false);
        return text.ToString();
    }

    private static void Print(StringBuilder text, JsonElement value, int depth, string partition, bool isPrincipal)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any(): Object(text, value, depth, partition, isPrincipal); break;
            case JsonValueKind.Object: text.Append("{ }"); break;
            case JsonValueKind.Array: List(text, value, depth, partition, isPrincipal); break;
            case JsonValueKind.String
                when isPrincipal
                    && Account().IsMatch(value.GetString()!): text.Append('"').Append(Arn.OfIam(partition, value.GetString()!, "root"))
                        .Append('"'); break;
            case JsonValueKind.String: text.Append(JsonSerializer.Serialize(value.GetString(), s_json)); break;
            default: text.Append(value.GetRawText()); break;
        }
    }

    private static void Object(StringBuilder text, JsonElement value, int depth, string partition, bool isPrincipal)
    {
        string separator = "{";
        foreach (JsonProperty member in value.EnumerateObject())
        {
            text.Append(separator).Append('\n').Append(' ', 2 * depth).Append(JsonSerializer.Serialize(member.Name, s_json)).Append(" : ");
            bool names = member.Name is "Principal" or "NotPrincipal" || (isPrincipal && member.Name == "AWS");
            Print(text, member.Value, depth + 1, partition, names);
            separator = ",";
        }
        text.Append('\n').Append(' ', 2 * (depth - 1)).Append('}');
    }

    private static void List(StringBuilder text, JsonElement value, int depth, string partition, bool isPrincipal)
    {
        string separator = "[ ";
        foreach (JsonElement item in value.EnumerateArray())
        {
            text.Append(separator);
            Print(text, item, depth, partition, isPrincipal);
            separator = ", ";
        }
        text.Append(value.GetArrayLength() == 0 ? "[ ]" : " ]");
    }

    [GeneratedRegex(@"\A[0-9]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Account();
}
