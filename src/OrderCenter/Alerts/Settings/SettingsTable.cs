using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Settings;

/// <summary>The sealed lists of sinks and of thresholds: statements and rows.</summary>
internal static class SettingsTable
{
    private static readonly SqlStatement FindSql = new("SELECT version, sealed FROM alert_settings WHERE setting_key = $1");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO alert_settings (setting_key, version, sealed) VALUES ($1, $2, $3) ON CONFLICT (setting_key) DO NOTHING");

    private static readonly SqlStatement UpdateSql = new(
        "UPDATE alert_settings SET version = $2, sealed = $3 WHERE setting_key = $1 AND version = $4");

    /// <returns>Null: nothing was ever set.</returns>
    public static ValueTask<Stored?> FindAsync(Transaction transaction, string key) =>
        transaction.FindAsync(FindSql, static row => new Stored(row.GetInt64(0), row.GetString(1)), key);

    /// <summary>Saves a list, if it still is of the version that was read.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="key">Which list.</param>
    /// <param name="sealedText">It.</param>
    /// <param name="version">The version that was read; 0: there was none.</param>
    /// <returns>False: it was changed in between.</returns>
    public static async ValueTask<bool> SaveAsync(Transaction transaction, string key, string sealedText, long version) =>
        await (version == 0
            ? transaction.ExecuteAsync(InsertSql, key, 1L, sealedText)
            : transaction.ExecuteAsync(UpdateSql, key, version + 1, sealedText, version)) == 1;

    /// <param name="Version">Counts its changes.</param>
    /// <param name="Sealed">The list as JSON, sealed for its key.</param>
    internal sealed record Stored(long Version, string Sealed);
}
