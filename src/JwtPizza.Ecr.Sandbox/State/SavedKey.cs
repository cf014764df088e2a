using System.Security.Cryptography;

namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>The key that signs GitHub's tokens, as it is kept: a token, and a client that has the public key, are good over a
/// restart.</summary>
/// <param name="Pkcs8">The private key.</param>
internal sealed record SavedKey(byte[] Pkcs8)
{
    private const string Name = "issuer";

    /// <summary>The key that was kept, or a new one.</summary>
    public static RSA Of(StateFolder state)
    {
        RSA key = RSA.Create(2048);
        if (state.Load<SavedKey>(Name) is not { } saved)
        {
            state.Save(Name, () => new SavedKey(key.ExportPkcs8PrivateKey()));
            return key;
        }
        try { key.ImportPkcs8PrivateKey(saved.Pkcs8, out _); }
        catch (CryptographicException e) { throw StateFolder.Damaged("the key of the issuer is none", e); }
        return key;
    }
}
