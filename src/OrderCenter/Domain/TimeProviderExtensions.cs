namespace OrderCenter.Domain;

internal static class TimeProviderExtensions
{
    /// <summary>The time now, Unix milliseconds.</summary>
    public static long NowMs(this TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
