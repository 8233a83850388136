using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Bench;

/// <summary>The limit "plain SQLite loop": one thread commits the service's own row (its table, its indexes, its statement's columns) one by one, in WAL with
/// <c>synchronous=FULL</c>, through the same library.</summary>
internal static class PlainLoop
{
    private const int WarmupMs = 1000;
    private const long ExpiresAfterMs = 24 * 60 * 60_000;

    private const string InsertSql =
        "INSERT INTO orders (order_id, game_id, merchant_order_id, product_id, product_name, amount_e4, currency, user_id, quantity, channel, notify_url, " +
        "attributes, pay_state, progress, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13, $14) " +
        "ON CONFLICT (order_id) DO NOTHING";

    private const string Attributes =
        """{"gamename":"Journey of Light","roleID":"role-55512","roleName":"Hero of Light","serverID":"17","serverName":"Dawn 17","username":"lightbringer","roleLevel":"42","packagename":"com.game.journey"}""";

    /// <summary>Prints <c>rows seconds sqlite-version p50-µs p99-µs</c>.</summary>
    public static async Task RunAsync(string database, int seconds)
    {
        // The schema is the service's own: its store makes it.
        await using (var store = NewStore(database))
        {
            await store.OpenAsync(CancellationToken.None);
        }
        using var connection = Open(database);
        using var insert = Prepare(connection);
        var clock = TimeProvider.System;
        var warmup = clock.GetTimestamp();
        while (clock.GetElapsedTime(warmup).TotalMilliseconds < WarmupMs)
        {
            Insert(insert, clock);
        }
        var tookUs = new List<double>(1 << 17);
        var start = clock.GetTimestamp();
        long rows = 0;
        while (clock.GetElapsedTime(start).TotalSeconds < seconds)
        {
            var before = clock.GetTimestamp();
            rows += Insert(insert, clock);
            tookUs.Add(clock.GetElapsedTime(before).TotalMicroseconds);
        }
        var elapsed = clock.GetElapsedTime(start).TotalSeconds;
        tookUs.Sort();
        Console.WriteLine($"{rows} {elapsed:F3} {connection.ServerVersion} {tookUs[tookUs.Count / 2]:F0} {tookUs[tookUs.Count * 99 / 100]:F0}");
    }

    /// <summary>How many orders a database holds; its owner may be at work.</summary>
    public static long CountOrders(string database)
    {
        _ = NewStore(database);
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM orders";
        return (long)count.ExecuteScalar()!;
    }

    /// <summary>Making the service's store also chooses the SQLite of the operating system, which everything here must share.</summary>
    private static Database NewStore(string database) =>
        new(new DatabaseOptions(DatabaseOptions.Sqlite, $"Data Source={database}"), TimeProvider.System, NullLoggerFactory.Instance);

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        foreach (var pragma in (string[])["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16384"])
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The three constants above.
            command.CommandText = pragma;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
        return connection;
    }

    private static SqliteCommand Prepare(SqliteConnection connection)
    {
        var insert = connection.CreateCommand();
        insert.CommandText = InsertSql;
        object?[] values =
        [
            "", (long)Requests.GameId, null, "com.game.gem.648", "Gem pack 648", 6_480_000L, "CNY", "88812345", 1, null, null, Attributes, 0L, 0L,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            insert.Parameters.AddWithValue("$" + (i + 1), values[i] ?? DBNull.Value);
        }
        return insert;
    }

    /// <summary>What is different in every order is set anew: its number and its times.</summary>
    private static int Insert(SqliteCommand insert, TimeProvider clock)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        insert.Parameters[0].Value = OrderId.Draw(Requests.GameId, nowMs, OrderId.RandomDigitsMin).Value;
        insert.Parameters[12].Value = nowMs;
        insert.Parameters[13].Value = nowMs + ExpiresAfterMs;
        return insert.ExecuteNonQuery();
    }
}
