using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The connections' settings: those of the installation, and what this service needs.</summary>
internal static class PostgresDataSource
{
    private const int CommandTimeoutSeconds = 15;
    private const int ConnectTimeoutSeconds = 5;

    /// <summary>Npgsql's own; for so long it does not try a host again that was away.</summary>
    private const int HostRecheckDefaultSeconds = 10;

    /// <summary>How long a write waits for a row that another transaction has locked, milliseconds.</summary>
    public const int LockTimeoutMs = 2000;

    /// <summary>A node that stands still, or whose machine is gone, must not hold what it has locked: the other nodes take its work
    /// over.</summary>
    private const string SessionOptions =
        " -c jit=off -c idle_in_transaction_session_timeout=5000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5" +
        " -c tcp_keepalives_count=3 -c tcp_user_timeout=15000";

    public static NpgsqlDataSource ForWriting(string connectionString) =>
        Create(connectionString, $" -c lock_timeout={LockTimeoutMs}");

    public static NpgsqlDataSource ForReading(string connectionString) => Create(connectionString, " -c default_transaction_read_only=on");

    private static NpgsqlDataSource Create(string connectionString, string options)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? 256 : settings.MaxAutoPrepare;
        settings.AutoPrepareMinUsages = 2;
        settings.Enlist = false;
        settings.ApplicationName ??= "ordercenter";
        settings.CommandTimeout = CommandTimeoutSeconds;
        settings.Timeout = ConnectTimeoutSeconds;

        // A commit that is cancelled while it waits for its standby is reported as done, though the standby does not have it: a time-out
        // sends no cancellation, and the outcome is unknown.
        settings.CancellationTimeout = -1;
        if (settings.Host?.Contains(',', StringComparison.Ordinal) is true && settings.HostRecheckSeconds == HostRecheckDefaultSeconds)
        {
            settings.HostRecheckSeconds = 1;
        }
        if (settings.TargetSessionAttributes == "read-write")
        {
            // The sessions that only read set themselves read-only, wherever they are.
            settings.TargetSessionAttributes = "primary";
        }
        settings.Options = (settings.Options + SessionOptions + options).Trim();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
