using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Persistence;

/// <summary>A store on a PostgreSQL database of its own, and connections beside it, for what happens only there.</summary>
public abstract class PostgresStoreTests : IAsyncLifetime
{
    private readonly string _connectionString;
    private Database? _store;

    protected PostgresStoreTests(string? connectionString = null) => _connectionString = connectionString ?? PostgresCluster.Shared.NewDatabase();

    protected static CancellationToken Now => TestContext.Current.CancellationToken;

    protected ManualClock Clock { get; } = new();

    protected long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    internal Database Store => _store!;

    protected virtual DatabaseOptions Options => new(DatabaseOptions.Postgres, _connectionString);

    public async ValueTask InitializeAsync()
    {
        _store = new Database(Options, Clock, NullLoggerFactory.Instance);
        await _store.OpenAsync(Now);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
    }

    protected async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(Now);
        return connection;
    }

    protected async Task<long> CountAsync(string what) =>
        (await Store.ReadAsync(transaction => transaction.QueryAsync($"SELECT count(*) FROM {what}", row => row.GetInt64(0)), Now))[0];

    protected static async Task<int> RunAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // A constant of the test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync(Now);
    }
}
