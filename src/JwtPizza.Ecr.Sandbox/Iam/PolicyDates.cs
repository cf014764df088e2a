using System.Text.Json;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What IAM takes for a date in a condition: a time of ISO 8601, which may be cut short, or seconds since 1970.</summary>
internal static partial class PolicyDates
{
    /// <summary>Whether all values under a date operator are dates.</summary>
    public static bool AreSound(Dictionary<string, JsonElement> statement) => !statement.TryGetValue("Condition", out JsonElement condition)
        || (from o in PolicyJson.Members(condition)! where ConditionShape.Bare(o.Key).StartsWith("Date", StringComparison.Ordinal)
            from key in PolicyJson.Members(o.Value)! from value in PolicyJson.Texts(key.Value, scalars: true)! select value).All(IsDate);

    private static bool IsDate(string value) => DatePattern().Match(value) is { Success: true, Groups: var found }
        ? Within(found["year"], -292_275_054, 292_278_993) && Within(found["month"], 1, 12) && Within(found["day"], 1, 31)
            && Within(found["hour"], 0, 23) && Within(found["minute"], 0, 59) && Within(found["second"], 0, 59)
            && Within(found["zone"], 0, 23) && Within(found["zoneMinute"], 0, 59)
        : long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out long seconds) && seconds >= 0;

    private static bool Within(System.Text.RegularExpressions.Group group, int min, int max) =>
        !group.Success
            || (int.TryParse(group.Value, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= min
                && number <= max);

    // Without a 't' or a '-', it is a number of seconds.
    [GeneratedRegex(
        @"\A(?=.*[tT-])(?<year>-?[0-9]+)(-(?<month>[0-9]+)(-(?<day>[0-9]+))?)?([tT]((?<hour>[0-9]+)(:(?<minute>[0-9]+)(:(?<second>[0-9]+)(\.[0-9]{1,9})?([zZ]|[+-](?<zone>[0-9]{2})(:(?<zoneMinute>[0-9]{2}))?)?)?)?)?)?\z")]
    private static partial Regex DatePattern();
}
