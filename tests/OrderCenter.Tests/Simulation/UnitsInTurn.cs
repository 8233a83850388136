using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Postgres;
using OrderCenter.Persistence.Queueing;
using OrderCenter.Persistence.Schema;
using OrderCenter.Persistence.Sqlite;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulation;

/// <summary>The product's units of work one after the other, each to its commit on the calling thread, so that a history is in full command of what happens
/// when: on SQLite in memory, or on PostgreSQL through the product's own rounds.</summary>
internal abstract class UnitsInTurn : IDisposable
{
    public static async Task<UnitsInTurn> OpenAsync(DatabaseOptions options)
    {
        if (options.Engine != DatabaseOptions.Postgres)
        {
            return new OnSqlite();
        }
        await using (var store = new Database(options, TimeProvider.System, NullLoggerFactory.Instance))
        {
            await store.OpenAsync(TestContext.Current.CancellationToken);
        }
        return new OnPostgres(options.ConnectionString);
    }

    public abstract T Run<T>(Func<Transaction, ValueTask<T>> work);

    public void Clear(params string[] tables) => Run(async transaction =>
    {
        foreach (var table in tables)
        {
            await transaction.ExecuteAsync("DELETE FROM " + table);
        }
        return tables.Length;
    });

    public abstract void Dispose();

    private sealed class OnSqlite : UnitsInTurn
    {
        private readonly SqliteSession _database;

        public OnSqlite()
        {
            SqliteLibrary.Load();
            var connection = new SqliteConnection("Data Source=:memory:");
            connection.Open();
            _database = new SqliteSession(connection);
            foreach (var statement in Migrations.All.SelectMany(migration => migration.Statements).Select(Migrations.OnSqlite))
            {
                _database.Send(statement);
            }
        }

        public override T Run<T>(Func<Transaction, ValueTask<T>> work)
        {
            _database.Send(SqliteSession.Begin);

            // On SQLite a unit runs to its end at once.
            var run = work(_database).AsTask();
            Assert.True(run.IsCompletedSuccessfully, run.Exception?.ToString());
            _database.Commit();
            return run.Result;
        }

        public override void Dispose() => _database.Dispose();
    }

    private sealed class OnPostgres : UnitsInTurn
    {
        private readonly NpgsqlDataSource _source;
        private readonly PostgresSession _session;

        public OnPostgres(string connectionString)
        {
            _source = PostgresDataSource.ForWriting(connectionString);
            _session = new PostgresSession(_source, isWriter: true, isDistributed: false, TimeProvider.System, (_, _) => { });
        }

        public override T Run<T>(Func<Transaction, ValueTask<T>> work)
        {
            var item = new WorkItem<T>(work, isLight: false, addedAt: 0, CancellationToken.None);
            var outcome = _session.Run([item], _session.LockTimeoutMs);
            Assert.True(outcome is BatchOutcome.Done, outcome.ToString());
            return item.Answer.Result;
        }

        public override void Dispose()
        {
            _session.Dispose();
            _source.Dispose();
        }
    }
}
