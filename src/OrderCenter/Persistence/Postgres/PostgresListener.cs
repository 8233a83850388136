using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>Receives what commits of other nodes announce, and samples the database's clock meanwhile. Without it the nodes look
/// periodically, and the time of leases follows the monotonic clock.</summary>
internal sealed partial class PostgresListener(NpgsqlDataSource source, Action<string> announced, ServerClock serverClock, ILogger log)
{
    public const string Channel = "ordercenter_due";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken closing) => Ended = Task.Run(() => ListenAsync(closing), CancellationToken.None);

    /// <summary>A wait as Npgsql takes it: it cuts off what is less than a millisecond, and 0 is a wait without end.</summary>
    internal static TimeSpan WholeMilliseconds(TimeSpan left) => TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));

    private async Task ListenAsync(CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(closing);
                connection.Notification += (_, received) => announced(received.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(closing);
                }
                while (!closing.IsCancellationRequested)
                {
                    await serverClock.SampleAsync(connection, closing);
                    var sampled = TimeProvider.System.GetTimestamp();
                    while (ServerClock.Period - TimeProvider.System.GetElapsedTime(sampled) is var left && left > TimeSpan.Zero)
                    {
                        // It also ends with every notification.
                        await connection.WaitAsync(WholeMilliseconds(left), closing);
                    }
                }
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
                when (fault is NpgsqlException or TimeoutException or IOException or InvalidOperationException
                    or System.Net.Sockets.SocketException)
            {
                LogNotListening(log, fault.Message);
                await Task.Delay(Retry, TimeProvider.System, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "announcements of the other nodes are not received: {Reason}")]
    private static partial void LogNotListening(ILogger logger, string reason);
}
