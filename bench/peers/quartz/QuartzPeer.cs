using Npgsql;
using Quartz;

namespace OrderCenter.Bench.Peers;

public sealed class DeliverJob : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await Peer.PostAsync(context.MergedJobDataMap.GetString("path")!, context.MergedJobDataMap.GetString("body")!);
        }
        catch (HttpRequestException fault)
        {
            throw new JobExecutionException(fault.Message) { RefireImmediately = true };
        }
    }
}

internal sealed class QuartzPeer : IPeer
{
    private const int SeedStep = 1000;
    private readonly string _connectionString = Peer.Setting("PEER_POSTGRES") + ";Maximum Pool Size=150;Max Auto Prepare=60;Auto Prepare Min Usages=2;No Reset On Close=true";
    private IScheduler? _scheduler;
    private NpgsqlDataSource? _database;
    private CancellationTokenSource _polling = new();
    private long _added;
    private long _done;

    public long Done => Interlocked.Read(ref _done);

    public async Task InitAsync()
    {
        _database = NpgsqlDataSource.Create(_connectionString);
        _scheduler = await QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "bench";
                options.InstanceId = "n1";
                options.MaxBatchSize = 0;
                options.IdleWaitTime = TimeSpan.FromSeconds(1);
            });
            quartz.UseDefaultThreadPool(Peer.Concurrency);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(_connectionString);
                store.ProvisionSchema();
                store.ConfigureStore(options =>
                {
                    options.StoreJobDataAsStrings = true;
                    options.MisfireThreshold = TimeSpan.FromMinutes(10);
                });
            });
        }).BuildScheduler();
        await _scheduler.Start();
        await _scheduler.Standby();
    }

    public async Task SeedAsync(long first, int count)
    {
        for (var i = 0; i < count; i += SeedStep)
        {
            var jobs = new Dictionary<IJobDetail, IReadOnlyCollection<ITrigger>>();
            for (var j = i; j < Math.Min(count, i + SeedStep); j++)
            {
                var (job, trigger) = Make(first + j, "/cb");
                jobs[job] = [trigger];
            }
            await _scheduler!.ScheduleJobs(jobs, default(ScheduleJobOptions), CancellationToken.None);
        }
        Interlocked.Add(ref _added, count);
        foreach (var sql in (string[])["VACUUM ANALYZE", "CHECKPOINT"])
        {
            await using var command = _database!.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    public async Task EnqueueOneAsync(long id, string pathAndQuery)
    {
        var (job, trigger) = Make(id, pathAndQuery);
        Interlocked.Increment(ref _added);
        await _scheduler!.ScheduleJob(job, trigger);
    }

    public async Task StartAsync()
    {
        await _scheduler!.Start();
        _polling = new CancellationTokenSource();
        _ = Task.Run(() => PollAsync(_polling.Token));
    }

    public async Task StopAsync()
    {
        await _scheduler!.Standby();
        await _polling.CancelAsync();
        await Task.Delay(200);
    }

    public async Task<string> VerifyAsync()
    {
        await using var command = _database!.CreateCommand("SELECT (SELECT count(*) FROM qrtz_job_details) || ' jobs left ' || (SELECT count(*) FROM qrtz_triggers) || ' triggers left'");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static (IJobDetail Job, ITrigger Trigger) Make(long id, string pathAndQuery) => (
        JobBuilder.Create<DeliverJob>().WithIdentity($"j{id}").UsingJobData("path", pathAndQuery).UsingJobData("body", Peer.Body(id)).RequestRecovery().Build(),
        TriggerBuilder.Create().WithIdentity($"t{id}").ForJob($"j{id}").StartNow().Build());

    /// <summary>A one-shot trigger and its job leave the tables when their outcome is recorded.</summary>
    private async Task PollAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await using (var command = _database!.CreateCommand("SELECT count(*) FROM qrtz_job_details"))
            {
                Interlocked.Exchange(ref _done, Interlocked.Read(ref _added) - (long)(await command.ExecuteScalarAsync(CancellationToken.None))!);
            }
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
