using System.Runtime.CompilerServices;
using Npgsql;

namespace OrderCenter.Persistence.Postgres;

/// <summary>Has Npgsql write a batch on the thread that sends it (docs/decisions/0013-batches-leave-at-once.md).</summary>
internal static class InlineBatchWrites
{
    /// <summary>Must be called before anything is sent: what has been sent often is compiled for the scheduler that it was sent
    /// with.</summary>
    /// <returns>False: this Npgsql has no such scheduler; it writes as it does.</returns>
    public static bool TryInline()
    {
        try
        {
            ref var scheduler = ref SchedulerOf(null);
            if (scheduler is not Inline)
            {
                scheduler = new Inline();
            }
            return true;
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "ConstrainedConcurrencyScheduler")]
    private static extern ref TaskScheduler SchedulerOf(NpgsqlCommand? command);

    /// <summary>Runs what it is given at once. A write that the network does not take whole goes on without this thread, which begins to
    /// read the answers.</summary>
    private sealed class Inline : TaskScheduler
    {
        protected override void QueueTask(Task task) => TryExecuteTask(task);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
