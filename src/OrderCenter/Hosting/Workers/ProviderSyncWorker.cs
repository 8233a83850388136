using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.ProviderSync.RefundQuestions;

namespace OrderCenter.Hosting.Workers;

/// <summary>Does what is due with the stores, on every node: one that cannot reach a store must not keep the others from it. Its jobs run
/// apart from each other and from maintenance, so that a store that hangs delays its own job only.</summary>
internal sealed class ProviderSyncWorker(
    NotificationProcessor processor, NotificationStore notifications, PaymentRecovery recovery, FulfilmentReports reports,
    ProviderRefunds refunds, EventPoller poller, RefundAnswers answers, Database database, TimeProvider clock,
    ILogger<ProviderSyncWorker> log)
    : PeriodicWorker(clock, log)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("notifications that are due", Period, processor.StepAsync),
        new("deletion of old notifications", Period, notifications.PruneAsync) { Lease = new(database, "notification-deletion") },
        new("payment recovery", Period, recovery.StepAsync),
        new("fulfilment reports", Period, reports.StepAsync),
        new("refunds whose end is awaited", Period, refunds.StepAsync),
        new("polling of store events", Period, poller.StepAsync),
        new("answers about refunds", Period, answers.StepAsync),
    ];
}
