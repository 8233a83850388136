using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Statements;

/// <summary>What can be done about a difference.</summary>
public static class RepairActions
{
    /// <summary>Says that the order was paid, by the statement's word.</summary>
    public const string MarkPaid = "markPaid";

    /// <summary>Holds the order for review; a delivered one is marked as doubted.</summary>
    public const string Review = "review";

    /// <summary>Records that the money went back.</summary>
    public const string Refund = "refund";

    /// <summary>Asks the store about the order: what it confirms is applied, and a payment that it confirms is no difference any more.</summary>
    public const string Recheck = "recheck";

    /// <summary>Nothing is to be done; why is kept.</summary>
    public const string Ignore = "ignore";

    public static readonly IReadOnlyList<string> All = [MarkPaid, Recheck, Review, Refund, Ignore];

    /// <summary>What fits a difference. Paid-there needs no order here: who repairs may name it.</summary>
    public static IReadOnlyList<string> Of(Difference difference) => difference switch
    {
        { Kind: DifferenceKind.MissingHere, TransactionId: not null, OrderId: not null } => [Recheck, MarkPaid, Ignore],
        { Kind: DifferenceKind.MissingHere, TransactionId: not null } => [MarkPaid, Ignore],
        { Kind: DifferenceKind.MissingThere, OrderId: not null } => [Recheck, Review, Refund, Ignore],
        { Kind: DifferenceKind.AmountDiffers, OrderId: not null } => [Review, Refund, Ignore],
        { Kind: DifferenceKind.RefundedThere, OrderId: not null } => [Refund, Ignore],
        _ => [Ignore],
    };
}

/// <summary>What came of a repair.</summary>
public abstract record RepairOutcome
{
    private RepairOutcome()
    {
    }

    /// <summary>Done, now or before.</summary>
    public sealed record Done(Difference Difference) : RepairOutcome;

    public sealed record NotFound : RepairOutcome;

    /// <summary>The reconciliation is not at its end, the action does not fit, or the order does not allow it.</summary>
    public sealed record NotAllowed(string Reason) : RepairOutcome;
}

/// <summary>Repairs differences: 1. the repair is begun, once, with who and why; 2. the order is acted on, by an act that is safe to repeat; 3. the repair is ended.
/// Who dies in between leaves it begun, and the same again ends it.</summary>
public sealed class Repairs(Store.Store store, OrderBook orders, Makeup makeup, AppCatalog apps, TimeProvider clock)
{
    private const string Doubted = "the goods are out: the order is marked as doubted";

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <param name="id">The reconciliation.</param>
    /// <param name="number">The difference.</param>
    /// <param name="action">One of <see cref="RepairActions"/>.</param>
    /// <param name="named">The order, where the difference knows none.</param>
    /// <param name="by">Who, and why.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="StoreBusyException">Too many requests wait.</exception>
    public async Task<RepairOutcome> RepairAsync(string id, long number, string action, OrderId? named, ActBy by, CancellationToken cancellationToken)
    {
        // 1. What there is to repair, and whether this repairs it.
        var (job, difference) = await store.ReadAsync(
            async transaction => (await ReconciliationTable.FindAsync(transaction, id), await DifferenceTable.FindAsync(transaction, id, number)), cancellationToken);
        if (job is null || difference is null || apps.Find(job.GameId) is not { } app)
        {
            return new RepairOutcome.NotFound();
        }
        if (difference.Repair != RepairState.Open)
        {
            if (difference.Action != action || (difference.Repair == RepairState.Done && named is not null && named != difference.OrderId))
            {
                return new RepairOutcome.NotAllowed(
                    difference.Repair == RepairState.Done ? $"it was repaired before: {difference.Action}" : $"{difference.Action} was begun; ask for that again to end it");
            }
            if (difference.Repair == RepairState.Done)
            {
                return new RepairOutcome.Done(difference);
            }
        }
        if (!RepairActions.Of(difference).Contains(action, StringComparer.Ordinal))
        {
            return new RepairOutcome.NotAllowed($"what fits is {string.Join(", ", RepairActions.Of(difference))}");
        }
        if (named is not null && difference.OrderId is { } known && named != known)
        {
            return new RepairOutcome.NotAllowed($"the difference is about order {known}");
        }
        var orderId = difference.OrderId ?? named;
        if (orderId is null && action == RepairActions.MarkPaid)
        {
            return new RepairOutcome.NotAllowed("no order is known for it: say orderId");
        }

        // 2. Begun by one; who begins the same at the same time goes along, since the act is done once however often.
        var words = by with { Reason = $"{by.Reason} (reconciliation {id}, difference {number})" };
        if (difference.Repair == RepairState.Open
            && !await store.WriteAsync(transaction => DifferenceTable.BeginAsync(transaction, id, number, action, by.Actor, by.Reason, NowMs), cancellationToken))
        {
            return await RepairAgainAsync(id, number, action, named, by, cancellationToken);
        }

        // 3. From here on what was begun is ended, whether the caller still waits or not.
        var (refusal, outcome) = await ActAsync(app, job, difference, orderId, action, words);
        if (refusal is not null)
        {
            await store.WriteAsync(transaction => DifferenceTable.GiveBackAsync(transaction, id, number, action, refusal), CancellationToken.None);
            return new RepairOutcome.NotAllowed(refusal);
        }
        await store.WriteAsync(transaction => EndAsync(transaction, id, number, action, orderId, words, outcome, NowMs), CancellationToken.None);
        return new RepairOutcome.Done((await store.ReadAsync(transaction => DifferenceTable.FindAsync(transaction, id, number), CancellationToken.None))!);
    }

    /// <summary>Somebody was faster: their repair is read, and cannot be open any more unless it was refused.</summary>
    private async Task<RepairOutcome> RepairAgainAsync(string id, long number, string action, OrderId? named, ActBy by, CancellationToken cancellationToken)
    {
        var now = await store.ReadAsync(transaction => DifferenceTable.FindAsync(transaction, id, number), cancellationToken);
        return now is { Repair: RepairState.Open }
            ? new RepairOutcome.NotAllowed(now.Outcome ?? "it was tried at the same moment; try again")
            : await RepairAsync(id, number, action, named, by, cancellationToken);
    }

    private static async ValueTask<bool> EndAsync(Transaction transaction, string id, long number, string action, OrderId? orderId, ActBy by, string outcome, long nowMs)
    {
        var isFirst = await DifferenceTable.EndAsync(transaction, id, number, action, orderId, nowMs, outcome);
        var act = action == RepairActions.Ignore ? "difference ignored" : outcome == Doubted ? "payment doubted" : null;
        if (isFirst && act is not null && orderId is { } order && await OrderTable.FindAsync(transaction, order) is { } row)
        {
            // What moves the order leaves its own act with it; this moves nothing, and who ends the repair is one.
            await ActTable.InsertAsync(transaction, new Act(order, nowMs, by.Actor, act, by.Reason, row.Order.State, row.Order.State));
        }
        return isFirst;
    }

    /// <returns>Why not, or what came of it.</returns>
    private async Task<(string? Refusal, string Outcome)> ActAsync(App app, Reconciliation job, Difference difference, OrderId? orderId, string action, ActBy by)
    {
        if (action == RepairActions.Ignore)
        {
            return (null, "ignored");
        }
        if (action == RepairActions.MarkPaid)
        {
            var payment = new Payment
            {
                Channel = job.Channel,
                Environment = Payment.Production,
                TransactionId = difference.TransactionId!,
                // A store that charges in the buyer's currency says nothing that the order's amount could be held against.
                Money = job.Channel == "google" ? null : difference.Theirs?.Money,
                Currency = job.Channel == "google" ? null : difference.Theirs?.Currency,
                PurchasedMs = difference.AtMs,
            };
            return await orders.PayByHandAsync(app, orderId!.Value, payment, by, CancellationToken.None) switch
            {
                SettleOutcome.Paid or SettleOutcome.AlreadyPaid => (null, "paid"),
                SettleOutcome.Held held => (null, $"held for review: {held.Reason}"),
                SettleOutcome.Refused refused => (refused.Reason, ""),
                SettleOutcome.NotFound => ($"game {app.GameId} has no order {orderId}", ""),
                var other => throw new InvalidOperationException($"unknown outcome {other}"),
            };
        }
        if (action == RepairActions.Recheck)
        {
            return await RecheckAsync(app, orderId!.Value, by);
        }
        var done = action == RepairActions.Refund
            ? await orders.RefundAsync(app, orderId!.Value, by, CancellationToken.None)
            : await orders.HoldAsync(app, orderId!.Value, by, CancellationToken.None);
        if (done is ActOutcome.NotAllowed && action == RepairActions.Review
            && await orders.FindAsync(orderId!.Value, CancellationToken.None) is { Order.State: { Pay: PayState.Paid, Progress: Progress.Delivered } })
        {
            return (null, Doubted);
        }
        return done switch
        {
            ActOutcome.Done => (null, action == RepairActions.Refund ? "refunded" : "held"),
            ActOutcome.AlreadySo => (null, action == RepairActions.Refund ? "refunded before" : "held before"),
            ActOutcome.NotAllowed refused => (refused.Reason, ""),
            _ => ($"game {app.GameId} has no order {orderId}", ""),
        };
    }

    /// <summary>The store's own word, asked for now. One that does not confirm the payment leaves the difference open, with what the store said.</summary>
    private async Task<(string? Refusal, string Outcome)> RecheckAsync(App app, OrderId id, ActBy by)
    {
        if (await orders.FindAsync(id, CancellationToken.None) is not { Order: var order } || order.GameId != app.GameId)
        {
            return ($"game {app.GameId} has no order {id}", "");
        }
        var checkedNow = await makeup.RecheckAsync(app, order, by.Actor, CancellationToken.None);
        return checkedNow.Outcome switch
        {
            SettleOutcome.Paid => (null, "paid, by the store's word"),
            SettleOutcome.AlreadyPaid => (null, "the store confirms the payment"),
            SettleOutcome.Held held => (null, $"held for review: {held.Reason}"),
            _ => (checkedNow.Words, ""),
        };
    }
}
