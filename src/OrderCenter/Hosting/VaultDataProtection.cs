using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>ASP.NET Core's data protection by the vault: what it protects (the session cookie) is sealed under the master key, which every
/// node has. There is no key ring to store, to share and to renew; it would itself be sealed under the master key
/// (docs/decisions/0018-sessions.md).</summary>
internal sealed class VaultDataProtection(Vault vault, string place = "data protection") : IDataProtector
{
    public IDataProtector CreateProtector(string purpose) => new VaultDataProtection(vault, $"{place} {purpose.Length}:{purpose}");

    public byte[] Protect(byte[] plaintext) => Encoding.ASCII.GetBytes(vault.Seal(Convert.ToBase64String(plaintext), place));

    public byte[] Unprotect(byte[] protectedData)
    {
        try
        {
            return Convert.FromBase64String(vault.Open(Encoding.ASCII.GetString(protectedData), place));
        }
        catch (DatabaseUnavailableException fault)
        {
            // What a caller sent and we did not seal: to ASP.NET Core that is a cryptographic fault, and no session.
            throw new CryptographicException("it was not sealed here", fault);
        }
    }
}
