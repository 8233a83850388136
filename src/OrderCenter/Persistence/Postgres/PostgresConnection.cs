using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>The connection of one session. After it was lost it is made anew at a bounded pace; in between every attempt fails at
/// once.</summary>
internal sealed class PostgresConnection(NpgsqlDataSource source, bool isWriter, bool isDistributed, TimeProvider clock) : IDisposable
{
    private const long BackOffMinMs = 100;
    private const long BackOffMaxMs = 1000;

    private NpgsqlConnection? _connection;
    private long _failedAt;
    private long _retryAfterMs;
    private long _backOffMs = BackOffMinMs;

    /// <summary>The open connection, after <see cref="TryOpen"/>.</summary>
    public NpgsqlConnection Current => _connection!;

    /// <summary>Why there is no connection.</summary>
    public Exception? Fault { get; private set; }

    public bool TryOpen()
    {
        if (_connection is { State: System.Data.ConnectionState.Open })
        {
            return true;
        }
        if (Fault is not null && clock.GetElapsedTime(_failedAt).TotalMilliseconds < _retryAfterMs)
        {
            return false;
        }
        try
        {
            _connection?.Dispose();
            _connection = source.OpenConnection();
            using (var recovery = new NpgsqlCommand("SELECT pg_is_in_recovery()", _connection))
            {
                if ((bool)recovery.ExecuteScalar()!)
                {
                    throw new NpgsqlException("the database is a standby; it is tried again until it is the primary");
                }
            }
            (Fault, _backOffMs) = (null, BackOffMinMs);
            return true;
        }
        catch (Exception fault) when (
            fault is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            Drop(fault);
            (_failedAt, _retryAfterMs) = (clock.GetTimestamp(), _backOffMs);
            _backOffMs = Math.Min(_backOffMs * 2, BackOffMaxMs);
            return false;
        }
    }

    /// <summary>Gives up the connection because of a fault; the next <see cref="TryOpen"/> tries at once.</summary>
    public void Drop(Exception fault)
    {
        (Fault, _retryAfterMs) = (fault, 0);
        if (_connection is not null)
        {
            // One that still works is not used again: it may lead to a server that has become a standby.
            NpgsqlConnection.ClearPool(_connection);
            _connection.Dispose();
        }
        _connection = null;
    }

    /// <summary>Whether the connection is gone or of no use, and not only a statement wrong: the network, a time-out, a server that stops
    /// or starts. A server that only says that it cannot reach another one (08, and no fatal error) is not gone: on Citus that concerns
    /// the shards of the other.</summary>
    public bool IsLoss(Exception fault) => fault switch
    {
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => true,

        // 53 and 58: its disk or memory is full, or it has an error of its own. 25006 to a writer: the server has become a standby. On
        // Citus each may be about one of the servers only.
        PostgresException { SqlState: var state } =>
            (state[..2] is "53" or "58" && !isDistributed) || (state == "25006" && isWriter && !isDistributed),
        NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException or ObjectDisposedException => true,
        _ => false,
    };

    public void Dispose() => _connection?.Dispose();
}
