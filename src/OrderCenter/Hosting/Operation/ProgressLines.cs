namespace OrderCenter.Hosting.Operation;

/// <summary>Says on standard error how far a command is, a line every few seconds.</summary>
internal sealed class ProgressLines(TimeProvider clock)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    private long _saidAt = clock.GetTimestamp();

    public void Show(string what, long count)
    {
        if (clock.GetElapsedTime(_saidAt) >= s_period)
        {
            _saidAt = clock.GetTimestamp();
            Console.Error.WriteLine($"{what}: {count} read");
        }
    }
}
