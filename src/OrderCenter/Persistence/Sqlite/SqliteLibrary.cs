using SQLitePCL;

namespace OrderCenter.Persistence.Sqlite;

/// <summary>The SQLite library that comes with the program: the same version on every machine.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<ISQLite3Provider> s_provider = new(Configure);

    /// <summary>Loads and configures the library, once in the process.</summary>
    public static void Load() => _ = s_provider.Value;

    private static SQLite3Provider_e_sqlite3 Configure()
    {
        var provider = new SQLite3Provider_e_sqlite3();

        // Every connection here is used by one thread at a time, and nobody reads SQLite's statistics of its memory: mutexes around each
        // call and each allocation would only cost.
        ((ISQLite3Provider)provider).sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        ((ISQLite3Provider)provider).sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        raw.SetProvider(provider);
        return provider;
    }
}
