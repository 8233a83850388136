using OrderCenter.Operators.Audit;

namespace OrderCenter.Hosting.Workers;

/// <summary>Chains the entries of the audit log, and logs where the chain ends.</summary>
internal sealed class AuditWorker(AuditSealer sealer, TimeProvider clock, ILogger<AuditWorker> log) : PeriodicWorker(clock, log)
{
    protected override IReadOnlyList<PeriodicJob> Jobs { get; } =
    [
        new("chaining of the audit log", TimeSpan.FromSeconds(1), sealer.SealAsync),
        new("head of the audit log", TimeSpan.FromMinutes(1), sealer.LogHeadAsync),
    ];
}
