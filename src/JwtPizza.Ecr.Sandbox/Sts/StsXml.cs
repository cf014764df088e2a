using System.Xml.Linq;
using static JwtPizza.Ecr.Sandbox.Http.QueryXml;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What STS answers with.</summary>
internal static class StsXml
{
    public static XElement Credentials(string accessKey, Session session) => El("Credentials",
        El("AccessKeyId", accessKey), El("SecretAccessKey", session.SecretKey), El("SessionToken", session.Token),
        El("Expiration", session.ExpiresAt));
}
