using OrderCenter.Persistence;

namespace OrderCenter.Alerts.Facts;

/// <summary>This node's clock, its database connection and its disk.</summary>
internal sealed class MachineSource(Database database, DatabaseWatch watch, DiskSpace disk, NodeName node) : INodeSource
{
    public IReadOnlyList<AlertFact> Read()
    {
        var facts = new List<AlertFact>
        {
            new(AlertConditions.ClockSkew, node.Machine, GameId: 0, Math.Abs(database.Leases.SkewMs),
                database.Leases.SkewMs > 0 ? "ahead of the database's clock" : "behind the database's clock"),
            new(AlertConditions.DatabaseSlow, node.Machine, GameId: 0, watch.SlowMs),
        };
        if (disk.Read() is { TotalBytes: > 0 } space)
        {
            facts.Add(new AlertFact(
                AlertConditions.DiskSpace, $"{node.Machine} {disk.Folder}", GameId: 0, space.FreeBytes * 100 / space.TotalBytes,
                $"{space.FreeBytes / 1_048_576} MiB of {space.TotalBytes / 1_048_576} MiB are free"));
        }
        return facts;
    }
}
