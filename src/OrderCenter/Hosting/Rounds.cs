namespace OrderCenter.Hosting;

/// <summary>What the service does again and again beside its requests.</summary>
internal static class Rounds
{
    /// <summary>Makes a round at every tick until the service stops; what is due then is done after the next start, or by another node.</summary>
    /// <param name="step">One bounded step of a round; true: more may be left, and is done at once.</param>
    /// <param name="period">From tick to tick; the first comes after one.</param>
    /// <param name="clock">Makes the ticks.</param>
    /// <param name="skipped">Told where the store was busy or away, or something else was wrong, and the rest of the round is left to the next one.</param>
    /// <param name="stoppingToken">The service stops.</param>
    public static async Task RepeatAsync(Func<CancellationToken, Task<bool>> step, TimeSpan period, TimeProvider clock, Action<Exception> skipped, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    while (await step(stoppingToken))
                    {
                    }
                }
#pragma warning disable CA1031 // A fault of one round, and be it a bug, must not end all that come after it, nor the service.
                catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    skipped(fault);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
