using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Whatever is due with stores: notifications that are left are read, inquiries made, deliveries told, news asked for. Apart from the sweeper, which a
/// store that hangs must not hold up; and each apart from the others.</summary>
internal sealed partial class StoreRounds(
    Inbox inbox, Makeup makeup, Tellings tellings, StorePolls polls, TimeProvider clock, ILogger<StoreRounds> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            new[] { inbox.StepAsync, inbox.PruneAsync, makeup.StepAsync, tellings.StepAsync, polls.StepAsync }
                .Select(step => Rounds.RepeatAsync(step, Period, clock, fault => LogSkipped(log, fault), stoppingToken)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "a round of the stores was skipped")]
    private static partial void LogSkipped(ILogger logger, Exception reason);
}
