using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>A callback with its attempts.</summary>
public sealed record CallbackDetail(Callback Callback, IReadOnlyList<Attempt> Attempts);

/// <summary>Where a page of callbacks ended.</summary>
public readonly record struct CallbackCursor(long CreatedMs, CallbackId Id);

/// <summary>What came of a redelivery by hand.</summary>
public enum RedeliverOutcome
{
    Queued,
    NotFound,

    /// <summary>It is being delivered at this moment.</summary>
    UnderWay,

    /// <summary>It tells of a payment that was refunded, or of an order that is held for review.</summary>
    NoLongerHolds,
}

/// <summary>A redelivery in bulk: durable, it goes on where it was after a restart.</summary>
public sealed record RedeliveryJob(string JobId, long GameId, CallbackStatus Status, long SinceMs, string Actor, long Redelivered, bool IsDone, bool IsCancelled);

/// <summary>Callbacks as people see and redeliver them. Nothing has a silent cap: lists have a cursor, jobs run to their end.</summary>
public sealed partial class CallbackBook(
    Store.Store store, CallbackEngine engine, FindApp findApp, PlanCallback planOf, TimeProvider clock, ILogger<CallbackBook> log)
{
    private const int StepMax = 200;

    private const string InsertJobSql =
        "INSERT INTO redelivery_jobs (job_id, game_id, status, since_ms, until_ms, actor, after_created_ms, after_order_id, after_number, redelivered, state, created_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, 0, 0, $5)";

    private const string FindJobSql =
        "SELECT job_id, game_id, status, since_ms, actor, redelivered, state, until_ms, after_created_ms, after_order_id, after_number FROM redelivery_jobs WHERE job_id = $1";

    private const string OpenJobsSql =
        "SELECT job_id, game_id, status, since_ms, actor, redelivered, state, until_ms, after_created_ms, after_order_id, after_number FROM redelivery_jobs WHERE state = 0 ORDER BY created_ms LIMIT 20";

    private const string StepJobSql =
        "UPDATE redelivery_jobs SET after_created_ms = $2, after_order_id = $3, after_number = $4, state = $5 " +
        "WHERE job_id = $1 AND state = 0 AND after_created_ms = $6 AND after_order_id = $7 AND after_number = $8";

    private const string CountJobSql = "UPDATE redelivery_jobs SET redelivered = redelivered + $2 WHERE job_id = $1";

    private const string CancelJobSql = "UPDATE redelivery_jobs SET state = 2 WHERE job_id = $1 AND state = 0";

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The callbacks of orders with their attempts, oldest first.</summary>
    public Task<ILookup<OrderId, CallbackDetail>> OfOrdersAsync(IReadOnlyList<OrderId> ids, CancellationToken cancellationToken) =>
        store.ReadAsync(
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

    /// <summary>Callbacks newest first, from behind the cursor, with their attempts.</summary>
    public Task<List<(long CreatedMs, CallbackDetail Detail)>> ListAsync(CallbackStatus? status, long? gameId, CallbackCursor? after, int limit, CancellationToken cancellationToken) =>
        store.SearchAsync(
            async transaction =>
            {
                var page = await PageAsync(transaction, status, gameId, after, limit);
                var details = await DetailsAsync(transaction, page.ConvertAll(item => item.Callback));
                return page.ConvertAll(item => item.CreatedMs).Zip(details).ToList();
            },
            cancellationToken);

    /// <summary>Sends a callback again now, from the beginning of its schedule, to where its app has it go now; delivered ones too. Past a breaker that is open.</summary>
    public async Task<RedeliverOutcome> RedeliverAsync(CallbackId id, string actor, CancellationToken cancellationToken)
    {
        var (outcome, callback) = await store.WriteAsync(transaction => TryRestartAsync(transaction, id, NowMs), cancellationToken);
        if (outcome == RedeliverOutcome.Queued)
        {
            LogRedelivered(log, id, actor);
            await engine.DeliverNowAsync(callback!, cancellationToken);
        }
        return outcome;
    }

    /// <summary>Begins a redelivery of every callback of a game with that status since a time.</summary>
    public async Task<RedeliveryJob> RedeliverAllAsync(long gameId, CallbackStatus status, long sinceMs, string actor, CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var jobId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        await store.WriteAsync(transaction => transaction.ExecuteAsync(InsertJobSql, jobId, gameId, (int)status, sinceMs, nowMs, actor, sinceMs), cancellationToken);
        LogJob(log, jobId, gameId, actor);
        return (await FindJobAsync(jobId, cancellationToken))!;
    }

    public async Task<RedeliveryJob?> FindJobAsync(string jobId, CancellationToken cancellationToken) =>
        (await store.ReadAsync(transaction => transaction.FindAsync(FindJobSql, ReadJob, jobId), cancellationToken))?.Job;

    /// <returns>False: there is no such job, or it has ended.</returns>
    public async Task<bool> CancelJobAsync(string jobId, CancellationToken cancellationToken) =>
        await store.WriteAsync(transaction => transaction.ExecuteAsync(CancelJobSql, jobId), cancellationToken) == 1;

    /// <summary>Takes every open job one bounded step further.</summary>
    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> StepJobsAsync(CancellationToken cancellationToken)
    {
        var jobs = await OpenJobsAsync(cancellationToken);
        foreach (var job in jobs)
        {
            await StepAsync(job, cancellationToken);
        }
        return jobs.Count > 0;
    }

    internal Task<List<OpenJob>> OpenJobsAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(transaction => transaction.QueryAsync(OpenJobsSql, ReadJob), cancellationToken);

    /// <summary>Takes a job, as it was read, one step further.</summary>
    /// <returns>How many callbacks are sent again; 0 also where another node took the step.</returns>
    internal async Task<int> StepAsync(OpenJob job, CancellationToken cancellationToken)
    {
        var restarted = await store.UpkeepAsync(transaction => StepAsync(transaction, job, NowMs), cancellationToken);
        foreach (var callback in restarted)
        {
            engine.Wake(callback.Endpoint, callback.GameId, NowMs);
        }
        return restarted.Count;
    }

    /// <summary>Lets go of what was held for an app that is open now: some at once when it is opened, and again and again, since another node may not have seen it yet
    /// and hold more.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var held = await store.SearchAsync(CallbackTable.HeldAppsAsync, cancellationToken);
        foreach (var gameId in held.Where(gameId => findApp(gameId) is { Disabled: false } app && app.SigningSecret(NowMs) is not null))
        {
            while (await store.UpkeepAsync(transaction => CallbackTable.ResumeAsync(transaction, gameId, NowMs, StepMax), cancellationToken) == StepMax)
            {
            }
        }
    }

    /// <summary>Forgets attempts, and callbacks that were delivered or cancelled, once they are 90 days old: a bounded number at a time. What is exhausted, held or
    /// waiting stays.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        var beforeMs = NowMs - CallbackTable.KeptMs;
        while (await store.UpkeepAsync(transaction => CallbackTable.PruneAttemptsAsync(transaction, beforeMs, StepMax), cancellationToken) == StepMax)
        {
        }
        while (await store.UpkeepAsync(transaction => CallbackTable.PruneAsync(transaction, beforeMs, StepMax), cancellationToken) == StepMax)
        {
        }
    }

    /// <summary>Callbacks with their attempts, all of which are asked for before one is awaited, so that an engine may read them together.</summary>
    private static async ValueTask<List<CallbackDetail>> DetailsAsync(Transaction transaction, List<Callback> callbacks)
    {
        var details = new List<CallbackDetail>(callbacks.Count);
        foreach (var (callback, attempts) in callbacks.Zip(callbacks.ConvertAll(callback => CallbackTable.AttemptsAsync(transaction, callback))))
        {
            details.Add(new CallbackDetail(callback, await attempts));
        }
        return details;
    }

    private async ValueTask<(RedeliverOutcome Outcome, Callback? Callback)> TryRestartAsync(Transaction transaction, CallbackId id, long nowMs)
    {
        if (await CallbackTable.FindAsync(transaction, id) is not { } callback)
        {
            return (RedeliverOutcome.NotFound, null);
        }
        var order = (await OrderTable.FindAsync(transaction, id.OrderId))!.Order;
        if (!Delivery.StillHolds(callback, order))
        {
            return (RedeliverOutcome.NoLongerHolds, null);
        }
        return await CallbackTable.RestartAsync(transaction, callback, PlanOf(callback, order), nowMs) is { } again ? (RedeliverOutcome.Queued, again) : (RedeliverOutcome.UnderWay, null);
    }

    /// <summary>Where a callback goes now; null: where it went.</summary>
    private CallbackPlan? PlanOf(Callback callback, Order order) => findApp(callback.GameId) is { } app ? planOf(app, order, callback.Event) : null;

    private static ValueTask<List<(long CreatedMs, Callback Callback)>> PageAsync(Transaction transaction, CallbackStatus? status, long? gameId, CallbackCursor? after, int limit)
    {
        var parameters = new List<object?>();
        var conditions = new List<string>();
        string Next(object value)
        {
            parameters.Add(value);
            return "$" + parameters.Count;
        }

        if (gameId is { } number)
        {
            conditions.Add($"game_id = {Next(number)}");
        }
        if (after is { } cursor)
        {
            conditions.Add($"(created_ms, order_id, number) < ({Next(cursor.CreatedMs)}, {Next(cursor.Id.OrderId.Value)}, {Next(cursor.Id.Number)})");
        }
        var condition = conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions);
        var sql = CallbackTable.List(status, condition, isNewestFirst: true, Next(limit));
        return transaction.QueryAsync(sql, CallbackTable.ReadListed, [.. parameters]);
    }

    /// <summary>One step of a job. It is claimed before anything is sent again: of several nodes that read the same page, one goes on with it.</summary>
    private async ValueTask<List<Callback>> StepAsync(Transaction transaction, OpenJob job, long nowMs)
    {
        var sql = CallbackTable.List(job.Job.Status, "game_id = $1 AND created_ms <= $2 AND (created_ms, order_id, number) > ($3, $4, $5)", isNewestFirst: false, "$6");
        var page = await transaction.QueryAsync(sql, CallbackTable.ReadListed, job.Job.GameId, job.UntilMs, job.AfterCreatedMs, job.AfterOrderId, job.AfterNumber, StepMax);
        var (lastMs, lastId) = page.Count == 0 ? (job.AfterCreatedMs, null) : (page[^1].CreatedMs, (CallbackId?)page[^1].Callback.Id);
        var restarted = new List<Callback>();
        if (await transaction.ExecuteAsync(
            StepJobSql, job.Job.JobId, lastMs, lastId?.OrderId.Value ?? job.AfterOrderId, lastId?.Number ?? job.AfterNumber, page.Count < StepMax ? 1 : 0,
            job.AfterCreatedMs, job.AfterOrderId, job.AfterNumber) == 0)
        {
            return restarted;
        }
        var rows = page.ConvertAll(item => OrderTable.FindAsync(transaction, item.Callback.Id.OrderId));
        for (var i = 0; i < page.Count; i++)
        {
            var (callback, order) = (page[i].Callback, (await rows[i])!.Order);
            if (Delivery.StillHolds(callback, order) && await CallbackTable.RestartAsync(transaction, callback, PlanOf(callback, order), nowMs) is { } again)
            {
                restarted.Add(again);
            }
        }
        await transaction.ExecuteAsync(CountJobSql, job.Job.JobId, restarted.Count);
        return restarted;
    }

    private static OpenJob ReadJob(System.Data.Common.DbDataReader row) => new(
        new RedeliveryJob(
            row.GetString(0), row.GetInt64(1), (CallbackStatus)row.GetInt32(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5), row.GetInt32(6) == 1, row.GetInt32(6) == 2),
        row.GetInt64(7), row.GetInt64(8), row.GetString(9), row.GetInt32(10));

    /// <summary>A job that is not done, with where its last step ended.</summary>
    internal sealed record OpenJob(RedeliveryJob Job, long UntilMs, long AfterCreatedMs, string AfterOrderId, int AfterNumber);

    [LoggerMessage(Level = LogLevel.Information, Message = "callback {CallbackId} redelivered by {Actor}")]
    private static partial void LogRedelivered(ILogger logger, CallbackId callbackId, string actor);

    [LoggerMessage(Level = LogLevel.Information, Message = "redelivery job {JobId} of app {GameId} begun by {Actor}")]
    private static partial void LogJob(ILogger logger, string jobId, long gameId, string actor);
}
