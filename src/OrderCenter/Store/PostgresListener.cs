using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderCenter.Store;

/// <summary>Hears what commits of other nodes announce, and compares this node's clock with the database's. Nothing depends on it: it makes things quicker.</summary>
internal sealed partial class PostgresListener(NpgsqlDataSource source, Action<string> announced, TimeProvider clock, ILogger log)
{
    public const string Channel = "ordercenter_due";

    /// <summary>Beyond this, Unix milliseconds of two nodes are too far apart for leases to be judged by them; below, it does no harm.</summary>
    private const long SkewMaxMs = 2000;

    private static readonly TimeSpan ClockPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken closing) => Ended = Task.Run(() => ListenAsync(closing), CancellationToken.None);

    private async Task ListenAsync(CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(closing);
                connection.Notification += (_, heard) => announced(heard.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(closing);
                }
                while (!closing.IsCancellationRequested)
                {
                    await CompareClocksAsync(connection, closing);
                    await connection.WaitAsync(ClockPeriod, closing);
                }
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException or InvalidOperationException or System.Net.Sockets.SocketException)
            {
                LogDeaf(log, fault.Message);
                await Task.Delay(Retry, TimeProvider.System, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CompareClocksAsync(NpgsqlConnection connection, CancellationToken closing)
    {
        var beforeMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await using var ask = new NpgsqlCommand("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", connection);
        var databaseMs = (long)(await ask.ExecuteScalarAsync(closing))!;
        var afterMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var skewMs = ((beforeMs + afterMs) / 2) - databaseMs;
        if (Math.Abs(skewMs) > SkewMaxMs)
        {
            LogSkew(log, skewMs, SkewMaxMs);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "this node's clock is {SkewMs} ms ahead of the database's; up to {MaxMs} ms either way does no harm: synchronise it")]
    private static partial void LogSkew(ILogger logger, long skewMs, long maxMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not hearing the other nodes: {Reason}")]
    private static partial void LogDeaf(ILogger logger, string reason);
}
