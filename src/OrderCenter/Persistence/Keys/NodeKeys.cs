using OrderCenter.Domain;

namespace OrderCenter.Persistence.Keys;

/// <summary>Tells in the database which master keys this node has, so that nothing is sealed under a key that a node which runs cannot
/// open. A node's row is written once a minute; one that is older than three counts no more.</summary>
public sealed class NodeKeys(Database database, Vault vault, TimeProvider clock)
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const long RunsMs = 3 * 60_000;
    private const long KeptMs = 86_400_000;

    private static readonly SqlStatement TellSql = new(
        "INSERT INTO node_keys (node, key_ids, seen_ms) VALUES ($1, $2, $3) ON CONFLICT (node) DO UPDATE " +
        "SET key_ids = excluded.key_ids, seen_ms = excluded.seen_ms");

    private static readonly SqlStatement DeleteSql = new("DELETE FROM node_keys WHERE node = $1");
    private static readonly SqlStatement PruneSql = new("DELETE FROM node_keys WHERE seen_ms < $1");
    private static readonly SqlStatement ListSql = new("SELECT node, key_ids FROM node_keys WHERE seen_ms > $1 ORDER BY node LIMIT 1000");

    /// <summary>A SQLite file has one process, which takes over its predecessor's row.</summary>
    private readonly string _node = database.IsShared ? $"{Environment.MachineName}/{Environment.ProcessId}" : "service";

    /// <summary>Writes this node's row.</summary>
    /// <exception cref="DatabaseBusyException">The database is busy.</exception>
    public Task TellAsync(CancellationToken cancellationToken)
    {
        var nowMs = clock.NowMs();
        string[] ids = [vault.KeyId, .. vault.OldKeyIds];
        var keys = string.Join(',', ids);
        return database.UpkeepAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(PruneSql, nowMs - KeptMs);
                return await transaction.ExecuteAsync(TellSql, _node, keys, nowMs);
            },
            cancellationToken);
    }

    /// <summary>Deletes this node's row: it stops.</summary>
    public Task LeaveAsync() =>
        database.UpkeepAsync(transaction => transaction.ExecuteAsync(DeleteSql, _node), CancellationToken.None);

    /// <summary>The nodes that run, each with its master key and whether it can open what is sealed under this process's.</summary>
    public async Task<IReadOnlyList<NodeKey>> ListAsync(CancellationToken cancellationToken)
    {
        var sinceMs = clock.NowMs() - RunsMs;
        var rows = await database.SearchAsync(
            transaction => transaction.QueryAsync(
                ListSql, row => (Node: row.GetString(0), Keys: row.GetString(1).Split(',')), sinceMs),
            cancellationToken);
        return rows.ConvertAll(row => new NodeKey(row.Node, row.Keys[0], row.Keys.Contains(vault.KeyId)));
    }
}
