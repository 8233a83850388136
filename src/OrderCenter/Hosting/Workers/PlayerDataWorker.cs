using OrderCenter.Persistence;
using OrderCenter.PlayerData;

namespace OrderCenter.Hosting.Workers;

/// <summary>Erases players' data: what people asked for, and what is older than its game keeps it.</summary>
internal sealed class PlayerDataWorker(Erasures erasures, Database database, TimeProvider clock, ILogger<PlayerDataWorker> log)
    : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("erasures", TimeSpan.FromSeconds(5), erasures.StepAsync) { Lease = new JobLease(database, "erasures") },
        new("erasures by age", TimeSpan.FromHours(1), erasures.StepByAgeAsync) { Lease = new JobLease(database, "erasures by age") },
    ];
}
