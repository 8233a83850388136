using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>Redeliveries of many callbacks, page by page. A job is in the database, so that it continues after a restart.</summary>
internal sealed partial class RedeliveryJobRunner(
    Database database, CallbackAdministration callbacks, DispatcherState state, TimeProvider clock, ILogger<RedeliveryJobRunner> log)
{
    private const int PageMax = 200;

    private static readonly SqlStatement InsertJobSql = new(
        "INSERT INTO redelivery_jobs (job_id, game_id, status, since_ms, until_ms, actor, after_created_ms, after_order_id, " +
        "after_number, redelivered, state, created_ms) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, 0, 0, $5)");

    private const string SelectSql =
        "SELECT job_id, game_id, status, since_ms, actor, redelivered, state, until_ms, after_created_ms, after_order_id, after_number " +
        "FROM redelivery_jobs ";

    private static readonly SqlStatement FindJobSql = new(SelectSql + "WHERE job_id = $1");

    private static readonly SqlStatement OpenJobsSql = new(SelectSql + "WHERE state = 0 ORDER BY created_ms LIMIT 20");

    private static readonly SqlStatement AdvanceJobSql = new(
        "UPDATE redelivery_jobs SET after_created_ms = $2, after_order_id = $3, after_number = $4, state = $5 " +
        "WHERE job_id = $1 AND state = 0 AND after_created_ms = $6 AND after_order_id = $7 AND after_number = $8");

    private static readonly SqlStatement AddQueuedSql = new("UPDATE redelivery_jobs SET redelivered = redelivered + $2 WHERE job_id = $1");

    private static readonly SqlStatement CancelJobSql = new("UPDATE redelivery_jobs SET state = 2 WHERE job_id = $1 AND state = 0");

    private long NowMs => clock.NowMs();

    /// <summary>Begins to redeliver every callback of a game that has that status and was created since that
    /// time.</summary>
    public async Task<RedeliveryJob> StartAsync(
        long gameId, CallbackStatus status, long sinceMs, string actor, CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        var jobId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        await database.WriteAsync(
            transaction =>
            {
                Audit(
                    transaction, "callbacks.redeliver", gameId, jobId,
                    $"{status.ToString().ToLowerInvariant()}, since {DateTimeOffset.FromUnixTimeMilliseconds(sinceMs):O}", nowMs);
                return transaction.ExecuteAsync(InsertJobSql, jobId, gameId, (int)status, sinceMs, nowMs, actor, sinceMs);
            },
            cancellationToken);
        LogStarted(log, jobId, gameId, actor);
        return (await FindAsync(jobId, GameLimit.None, cancellationToken))!;
    }

    public async Task<RedeliveryJob?> FindAsync(string jobId, GameLimit games, CancellationToken cancellationToken) =>
        (await database.ReadAsync(transaction => FindAsync(transaction, jobId, games), cancellationToken))?.Job;

    /// <returns>False: there is no such job, or it has ended.</returns>
    public Task<bool> CancelAsync(string jobId, GameLimit games, CancellationToken cancellationToken)
    {
        var nowMs = NowMs;
        return database.WriteAsync(
            async transaction =>
            {
                if (await FindAsync(transaction, jobId, games) is not { Job: var job }
                    || await transaction.ExecuteAsync(CancelJobSql, jobId) == 0)
                {
                    return false;
                }
                Audit(transaction, "callbacks.cancel-redelivery", job.GameId, jobId, $"cancelled after {job.Queued}", nowMs);
                return true;
            },
            cancellationToken);
    }

    private static async ValueTask<OpenJob?> FindAsync(Transaction transaction, string jobId, GameLimit games) =>
        await transaction.FindAsync(FindJobSql, ReadJob, jobId) is { } found && games.Allows(found.Job.GameId) ? found : null;

    private static void Audit(Transaction transaction, string action, long gameId, string jobId, string after, long nowMs) =>
        AuditTrail.Append(transaction, new AuditFact(action, gameId, jobId) { After = after }, nowMs);

    /// <summary>Processes one page of every open job.</summary>
    /// <returns>Whether there is more to do.</returns>
    public async Task<bool> ProcessAllAsync(CancellationToken cancellationToken)
    {
        var jobs = await ListOpenAsync(cancellationToken);
        foreach (var job in jobs)
        {
            await ProcessPageAsync(job, cancellationToken);
        }
        return jobs.Count > 0;
    }

    internal Task<List<OpenJob>> ListOpenAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(transaction => transaction.QueryAsync(OpenJobsSql, ReadJob), cancellationToken);

    /// <summary>Processes one page of a job, as it was read.</summary>
    /// <returns>How many callbacks are sent again; 0 also if another node processed the page.</returns>
    internal async Task<int> ProcessPageAsync(OpenJob job, CancellationToken cancellationToken)
    {
        var queued = await database.UpkeepAsync(transaction => ProcessPageAsync(transaction, job, NowMs), cancellationToken);
        foreach (var callback in queued)
        {
            state.NoteDue(callback.Endpoint, callback.GameId, NowMs);
        }
        return queued.Count;
    }

    /// <summary>Moves the job forward by a page before anything is queued. That update is conditional: if several nodes read the same page,
    /// only one of them moves the job and queues the page.</summary>
    private async ValueTask<List<Callback>> ProcessPageAsync(Transaction transaction, OpenJob job, long nowMs)
    {
        var sql = CallbackTable.OldestFirst(
            job.Job.Status, "game_id = $1 AND created_ms <= $2 AND (created_ms, order_id, number) > ($3, $4, $5)", "$6");
        var page = await transaction.QueryAsync(
            sql, CallbackTable.ReadListed, job.Job.GameId, job.UntilMs, job.AfterCreatedMs, job.AfterOrderId, job.AfterNumber, PageMax);
        var (lastMs, lastId) = page.Count == 0 ? (job.AfterCreatedMs, null) : (page[^1].CreatedMs, (CallbackId?)page[^1].Callback.Id);
        var queued = new List<Callback>();
        if (await transaction.ExecuteAsync(
            AdvanceJobSql, job.Job.JobId, lastMs, lastId?.OrderId.Value ?? job.AfterOrderId, lastId?.Number ?? job.AfterNumber,
            page.Count < PageMax ? 1 : 0, job.AfterCreatedMs, job.AfterOrderId, job.AfterNumber) == 0)
        {
            return queued;
        }
        var rows = page.ConvertAll(item => OrderTable.FindAsync(transaction, item.Callback.Id.OrderId));
        for (var i = 0; i < page.Count; i++)
        {
            var (callback, order) = (page[i].Callback, (await rows[i])!.Order);
            if (await callbacks.RestartAsync(transaction, callback, order, nowMs) is { Callback: { } requeued })
            {
                queued.Add(requeued);
            }
        }
        await transaction.ExecuteAsync(AddQueuedSql, job.Job.JobId, queued.Count);
        return queued;
    }

    private static OpenJob ReadJob(DbDataReader row) => new(
        new RedeliveryJob(
            row.GetString(0), row.GetInt64(1), (CallbackStatus)row.GetInt32(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5),
            row.GetInt32(6) == 1, row.GetInt32(6) == 2),
        row.GetInt64(7), row.GetInt64(8), row.GetString(9), row.GetInt64(10));

    /// <summary>A job that is not done, with the position after its last page.</summary>
    internal sealed record OpenJob(RedeliveryJob Job, long UntilMs, long AfterCreatedMs, string AfterOrderId, long AfterNumber);

    [LoggerMessage(Level = LogLevel.Information, Message = "redelivery job {JobId} of app {GameId} started by {Actor}")]
    private static partial void LogStarted(ILogger logger, string jobId, long gameId, string actor);
}
