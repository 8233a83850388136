using OrderCenter.Persistence.Keys;

namespace OrderCenter.Persistence;

/// <summary>Encryption at rest: AES-256-GCM under the installation's master key. A sealed text names its key (<c>v1.KEY.BASE64</c>) and
/// is bound to the place where it stands, so that it cannot be moved to another row. Texts of old master keys are opened as long as these
/// are given; everything new is sealed under the one master key.</summary>
public sealed class Vault : IDisposable
{
    public const int KeyBytes = 32;

    /// <summary>What a text begins with, before the id of its key.</summary>
    internal const string Prefix = "v1.";

    private const int KeyIdCharacters = 8;

    /// <summary>The master key first, then the old ones.</summary>
    private readonly List<VaultKey> _keys;

    /// <param name="masterKey"><see cref="KeyBytes"/> bytes.</param>
    /// <param name="oldKeys">Further keys whose texts are opened; null: none. One that is given twice counts once.</param>
    public Vault(ReadOnlySpan<byte> masterKey, IReadOnlyList<byte[]>? oldKeys = null)
    {
        _keys = [new VaultKey(masterKey)];
        foreach (var old in oldKeys ?? [])
        {
            var key = new VaultKey(old);
            if (Find(key.Id) is null)
            {
                _keys.Add(key);
            }
            else
            {
                key.Dispose();
            }
        }
    }

    /// <summary>Names the master key that seals.</summary>
    public string KeyId => _keys[0].Id;

    /// <summary>Names the old master keys.</summary>
    public IReadOnlyList<string> OldKeyIds => [.. _keys.Skip(1).Select(key => key.Id)];

    /// <summary>Which key a text names; null: it is not a sealed text.</summary>
    public static string? KeyIdOf(string text)
    {
        var end = Prefix.Length + KeyIdCharacters;
        return text.Length > end && text[end] == '.' && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text[Prefix.Length..end] is var keyId && keyId.All(char.IsAsciiHexDigitLower)
            ? keyId
            : null;
    }

    /// <summary>Encrypts a text for one place.</summary>
    public string Seal(string plain, string place) => $"{Prefix}{KeyId}.{_keys[0].Seal(plain, place)}";

    /// <summary>Decrypts what <see cref="Seal"/> made for the same place.</summary>
    /// <exception cref="DatabaseUnavailableException">It was made under a key that is not given, or was altered.</exception>
    public string Open(string sealedText, string place)
    {
        var parts = sealedText.Split('.', 3);
        if (parts is not ["v1", var keyId, var body])
        {
            throw new DatabaseUnavailableException($"{place} is not a sealed text of version v1");
        }
        return Find(keyId) is { } key
            ? key.Open(body, place)
            : throw new DatabaseUnavailableException(
                $"{place} was encrypted with key {keyId}, Secrets:MasterKey is key {KeyId}"
                + (_keys.Count > 1 ? $", Secrets:OldMasterKeys has {string.Join(", ", OldKeyIds)}" : "")
                + $": set the key {keyId} again, or give it in Secrets:OldMasterKeys (docs/operating.md, \"The master key\")");
    }

    /// <summary>A keyed digest of a text for one place (<c>KEY.HEX</c>): the same text gives the same digest, which tells nothing of the
    /// text without the master key.</summary>
    public string Digest(string text, string place) => _keys[0].Digest(text, place);

    /// <summary>The digests of a text under the old master keys: what it may still be known by.</summary>
    public IReadOnlyList<string> OldDigests(string text, string place) => [.. _keys.Skip(1).Select(key => key.Digest(text, place))];

    /// <summary>The keys for one purpose, named by its place, that of the present master key first, then those of the old ones: each always
    /// the same, and no other key can be told from it.</summary>
    public IReadOnlyList<byte[]> KeysOf(string place) => [.. _keys.Select(key => key.KeyOf(place))];

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private VaultKey? Find(string keyId) => _keys.Find(key => key.Id == keyId);
}
