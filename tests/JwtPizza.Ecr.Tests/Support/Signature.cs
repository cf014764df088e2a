using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>Signature Version 4, computed from what arrived by AWS's description and by nobody's SDK:
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</summary>
internal sealed partial record Signature(
    string AccessKey, string Date, string Region, string Service, IReadOnlyList<string> SignedHeaders, string Value)
{
    public static Signature Of(ScriptedRequest request)
    {
        Match m = Header().Match(request.Headers["Authorization"]);
        Assert.True(m.Success, request.Headers["Authorization"]);
        return new(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value, m.Groups[5].Value.Split(';'),
            m.Groups[6].Value);
    }

    /// <summary>The signature that the request must bear.</summary>
    public string Expected(ScriptedRequest request, string secretKey)
    {
        string headers = string.Concat(SignedHeaders.Select(h => $"{h}:{Spaces().Replace(request.Headers[h].Trim(), " ")}\n"));
        string canonical =
            $"{request.Method}\n{request.Target}\n\n{headers}\n{string.Join(';', SignedHeaders)}\n{Hex(SHA256.HashData(request.Body))}";
        string scope = $"{Date}/{Region}/{Service}/aws4_request";
        string toSign =
            $"AWS4-HMAC-SHA256\n{request.Headers["X-Amz-Date"]}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (string part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [GeneratedRegex(
        @"\AAWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})\z")]
    private static partial Regex Header();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
