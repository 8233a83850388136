using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>Samples the database's clock for <see cref="LeaseClock"/>, and logs where this node's differs too much.</summary>
internal sealed partial class ServerClock(DatabaseOptions options, LeaseClock leases, TimeProvider clock, ILogger log)
{
    /// <summary>Beyond this, due times of two nodes are too far apart; leases do not depend on it.</summary>
    private const long SkewMaxMs = 2000;

    /// <summary>An answer that took longer says too little of when it was made; the first one is taken all the same.</summary>
    private static readonly TimeSpan TripMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromSeconds(30);

    private bool _hasSampled;
    private long? _loggedAt;

    /// <summary>How often the clock is sampled.</summary>
    public static TimeSpan Period => TimeSpan.FromSeconds(1);

    public async Task SampleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var before = clock.GetTimestamp();
        var serverMs = options.ServerNowMs is { } testTime ? testTime() : await ReadAsync(connection, cancellationToken);
        var after = clock.GetTimestamp();
        if (_hasSampled && clock.GetElapsedTime(before, after) > TripMax)
        {
            return;
        }
        _hasSampled = true;
        leases.Sample(serverMs, before + ((after - before) / 2));
        if (Math.Abs(leases.SkewMs) > SkewMaxMs && (_loggedAt is not { } logged || clock.GetElapsedTime(logged) >= LogPeriod))
        {
            _loggedAt = after;
            LogSkew(log, leases.SkewMs, SkewMaxMs);
        }
    }

    private static async Task<long> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "this node's clock is {SkewMs} ms ahead of the database's; up to {MaxMs} ms either way does no harm: synchronise it")]
    private static partial void LogSkew(ILogger logger, long skewMs, long maxMs);
}
