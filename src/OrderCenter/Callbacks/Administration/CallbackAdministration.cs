using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>What operators and maintenance do with callbacks: list, redeliver, resume and prune.</summary>
internal sealed partial class CallbackAdministration(
    Database database, CallbackClaimer claimer, AppCatalog apps, CallbackProtocols protocols, TimeProvider clock,
    ILogger<CallbackAdministration> log)
{
    private const int PageMax = 200;

    private long NowMs => clock.NowMs();

    /// <summary>The callbacks of orders with their attempts, oldest first.</summary>
    public Task<ILookup<OrderId, CallbackDetail>> OfOrdersAsync(IReadOnlyList<OrderId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction =>
            {
                var callbacks = new List<Callback>();
                foreach (var ofOrder in ids.Select(id => CallbackTable.OfOrderAsync(transaction, id)).ToList())
                {
                    callbacks.AddRange(await ofOrder);
                }
                return (await DetailsAsync(transaction, callbacks)).ToLookup(detail => detail.Callback.Id.OrderId);
            },
            cancellationToken);

    /// <summary>A part of the callbacks, newest first, behind a place.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">Null: from the newest on.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="isBrief">With their newest attempt only, without its answer; otherwise with all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<ListPart<CallbackDetail>> ListAsync(
        CallbackFilter filter, ListKey? after, int limit, bool isBrief, CancellationToken cancellationToken) =>
        database.SearchAsync(
            async transaction =>
            {
                var part = await filter.Scan().ReadAsync(transaction, after, limit);
                var details = await DetailsAsync(transaction, part.Items.ConvertAll(item => item.Callback), isBrief);
                return new ListPart<CallbackDetail>(details, part.Next);
            },
            cancellationToken);

    /// <summary>One callback of the games that a caller may see; null: there is none.</summary>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public Task<Callback?> FindAsync(CallbackId id, GameLimit games, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async transaction => await CallbackTable.FindAsync(transaction, id) is { } found && games.Allows(found.GameId) ? found : null,
            cancellationToken);

    /// <summary>Sends a callback again now, also a delivered one and past an open breaker: from the beginning of its
    /// schedule, to the URL that its app has now.</summary>
    public async Task<RedeliverOutcome> RedeliverAsync(
        CallbackId id, string actor, GameLimit games, string? reason, CancellationToken cancellationToken)
    {
        var (outcome, callback) = await database.WriteAsync(
            async transaction => await CallbackTable.FindAsync(transaction, id) is { } found && games.Allows(found.GameId)
                ? await RedeliverAsync(transaction, found, reason)
                : (RedeliverOutcome.NotFound, null),
            cancellationToken);
        if (outcome == RedeliverOutcome.Queued)
        {
            LogRedelivered(log, id, actor);
            await claimer.SendNowAsync(callback!, cancellationToken);
        }
        return outcome;
    }

    private async ValueTask<(RedeliverOutcome Outcome, Callback? Callback)> RedeliverAsync(
        Transaction transaction, Callback callback, string? reason)
    {
        var nowMs = NowMs;
        var order = (await OrderTable.FindAsync(transaction, callback.Id.OrderId))!.Order;
        var restarted = await RestartAsync(transaction, callback, order, nowMs);
        if (restarted.Outcome == RedeliverOutcome.Queued)
        {
            AuditTrail.Append(
                transaction,
                new AuditFact("callback.redeliver", callback.GameId, callback.Id.ToString())
                {
                    Before = callback.Status.ToString().ToLowerInvariant(), After = "pending", Reason = reason,
                },
                nowMs);
        }
        return restarted;
    }

    /// <summary>Queues a callback again, for the URL that its app has now.</summary>
    public async ValueTask<(RedeliverOutcome Outcome, Callback? Callback)> RestartAsync(
        Transaction transaction, Callback callback, Order order, long nowMs)
    {
        if (order.ErasedMs is not null || !LeasedCallback.IsStillValid(callback, order))
        {
            return (RedeliverOutcome.NotAllowed, null);
        }
        var plan = apps.Find(callback.GameId) is { } app ? protocols.Plan(app, order, callback.Event) : null;
        return await CallbackTable.RestartAsync(transaction, callback, plan, nowMs) is { } queued
            ? (RedeliverOutcome.Queued, queued) : (RedeliverOutcome.InProgress, null);
    }

    /// <summary>Queues the held callbacks of apps that are enabled. It runs periodically: another node may hold more callbacks before it
    /// learns that the app is enabled.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var held = await database.SearchAsync(CallbackTable.HeldAppsAsync, cancellationToken);
        foreach (var gameId in held.Where(gameId => apps.Find(gameId) is { Disabled: false } app && app.SigningSecret(NowMs) is not null))
        {
            await RepeatAsync(transaction => CallbackTable.ResumeAsync(transaction, gameId, NowMs, PageMax), cancellationToken);
        }
    }

    /// <summary>Deletes attempts, and callbacks that were delivered or cancelled, that are older than <see cref="CallbackTable.KeptMs"/>,
    /// and endpoints that have not been used for <see cref="EndpointTable.KeptMs"/>. Callbacks that are exhausted, held or pending
    /// stay.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var beforeMs = nowMs - CallbackTable.KeptMs;
        await RepeatAsync(transaction => CallbackAttemptTable.PruneAsync(transaction, beforeMs, PageMax), cancellationToken);
        await RepeatAsync(transaction => CallbackTable.PruneAsync(transaction, beforeMs, PageMax), cancellationToken);
        await RepeatAsync(
            transaction => EndpointTable.PruneAsync(transaction, nowMs - EndpointTable.KeptMs, nowMs, PageMax), cancellationToken);
    }

    private async Task RepeatAsync(Func<Transaction, ValueTask<int>> batch, CancellationToken cancellationToken)
    {
        while (await database.UpkeepAsync(batch, cancellationToken) == PageMax)
        {
        }
    }

    /// <summary>All reads begin before the first is awaited, so that they share a round trip.</summary>
    private static async ValueTask<List<CallbackDetail>> DetailsAsync(
        Transaction transaction, List<Callback> callbacks, bool isBrief = false)
    {
        var details = new List<CallbackDetail>(callbacks.Count);
        var reads = callbacks.ConvertAll(callback => isBrief
            ? CallbackAttemptTable.NewestOfCallbackAsync(transaction, callback)
            : CallbackAttemptTable.OfCallbackAsync(transaction, callback));
        foreach (var (callback, attempts) in callbacks.Zip(reads))
        {
            details.Add(new CallbackDetail(callback, await attempts));
        }
        return details;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "redelivery of callback {CallbackId} requested by {Actor}")]
    private static partial void LogRedelivered(ILogger logger, CallbackId callbackId, string actor);
}
