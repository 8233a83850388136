using OrderCenter.Persistence;

namespace OrderCenter.Tests.Persistence;

public sealed class VaultTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_sealed_text_opens_in_its_place_only_and_names_its_key()
    {
        using var vault = new Vault(Key);
        using var other = new Vault([.. Key.Reverse()]);
        var text = vault.Seal("密钥🔑", "app 1");
        Assert.Matches("^v1\\.[0-9a-f]{8}\\.[A-Za-z0-9+/=]+$", text);
        Assert.Equal("密钥🔑", vault.Open(text, "app 1"));
        Assert.NotEqual(text, vault.Seal("密钥🔑", "app 1"));
        Assert.Throws<DatabaseUnavailableException>(() => vault.Open(text, "app 2"));
        Assert.Contains("encrypted with key", Assert.Throws<DatabaseUnavailableException>(() => other.Open(text, "app 1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1")]
    [InlineData("v1.00000000.")]
    [InlineData("v2.x.y")]
    public void What_is_not_sealed_is_refused(string text)
    {
        using var vault = new Vault(Key);
        Assert.Throws<DatabaseUnavailableException>(() => vault.Open(text, "app 1"));
    }

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        using var vault = new Vault(Key);
        var parts = vault.Seal("secret", "p").Split('.');
        var bytes = Convert.FromBase64String(parts[2]);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Throws<DatabaseUnavailableException>(() => vault.Open($"{parts[0]}.{parts[1]}.{Convert.ToBase64String(bytes)}", "p"));
            bytes[i] ^= 1;
        }
    }
}
