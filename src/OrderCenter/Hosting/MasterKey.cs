using System.Security.Cryptography;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>The key that encrypts secrets in the database. In Development it is a file beside the database, created at the first start and
/// readable by its owner only.</summary>
internal static class MasterKey
{
    private const string Key = "Secrets:MasterKey";
    private const string OldKeys = "Secrets:OldMasterKeys";
    private const int OldKeysMax = 8;
    private const string Allowed = "base64 of 32 random bytes, as `openssl rand -base64 32` makes them";

    /// <returns>Empty where there is a fault.</returns>
    public static byte[] Read(SettingsReader settings, IHostEnvironment environment, DatabaseOptions database)
    {
        if (settings.Text(Key) is { } text)
        {
            if (Parse(text) is { } key)
            {
                return key;
            }
            settings.Refuse(Key, "***", Allowed);
        }
        else if (!environment.IsDevelopment())
        {
            settings.Faults.Add($"{Key} is not set; outside Development it must be {Allowed}");
        }
        else if (FileOf(database) is not { } path)
        {
            settings.Refuse(
                "ConnectionStrings:OrderCenter", "***", "a connection string that names a file, such as Data Source=data/ordercenter.db");
        }
        else
        {
            try
            {
                return ReadFile(path);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
            {
                settings.Faults.Add(
                    $"{Key} is not set, and the development key file '{path}' cannot be used: {fault.Message}; allowed: {Allowed}");
            }
        }
        return [];
    }

    /// <summary>Further keys whose texts are opened, while the master key changes.</summary>
    public static IReadOnlyList<byte[]> ReadOld(SettingsReader settings)
    {
        var texts = (settings.Text(OldKeys) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var keys = texts.Select(Parse).OfType<byte[]>().ToList();
        if (keys.Count < texts.Length || keys.Count > OldKeysMax)
        {
            settings.Refuse(OldKeys, "***", $"up to {OldKeysMax} keys with commas between, each {Allowed}");
        }
        return keys;
    }

    /// <returns>Null: it is no key.</returns>
    private static byte[]? Parse(string text)
    {
        var key = new byte[Vault.KeyBytes + 1];
        return Convert.TryFromBase64String(text, key, out var length) && length == Vault.KeyBytes ? key[..Vault.KeyBytes] : null;
    }

    private static byte[] ReadFile(string path)
    {
        if (File.Exists(path))
        {
            var stored = Convert.FromBase64String(File.ReadAllText(path));
            return stored.Length == Vault.KeyBytes ? stored : throw new FormatException("it is not 32 bytes");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var key = RandomNumberGenerator.GetBytes(Vault.KeyBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using var file = new StreamWriter(path, options);
        file.Write(Convert.ToBase64String(key));
        return key;
    }

    /// <summary>Null: the connection string names no file beside which the key could be.</summary>
    private static string? FileOf(DatabaseOptions database) => database.Engine != DatabaseOptions.Sqlite
        ? Path.Combine("data", "ordercenter.key")
        : ConnectionParts.Find(database, ConnectionParts.SqliteFile) is { } file ? file + ".key" : null;
}
