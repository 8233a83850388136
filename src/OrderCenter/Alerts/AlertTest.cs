using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Settings;
using OrderCenter.Domain;

namespace OrderCenter.Alerts;

/// <summary>Tries a sink with a test message, now.</summary>
internal sealed class AlertTest(AlertSettings settings, SinkSender sender, TimeProvider clock)
{
    /// <summary>Sends a test message. It is in the audit log before it leaves.</summary>
    /// <param name="name">The sink.</param>
    /// <param name="games">The caller's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether there is such a sink within the games; and why it did not take the message, null: it did.</returns>
    /// <exception cref="Persistence.DatabaseBusyException">Too many requests wait; nothing was sent.</exception>
    public async Task<(bool IsFound, string? Fault)> SendAsync(string name, GameLimit games, CancellationToken cancellationToken)
    {
        var sinks = await settings.SinksAsync(games, cancellationToken);
        if (sinks.FirstOrDefault(sink => string.Equals(sink.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return (false, null);
        }
        await settings.RecordTestAsync(found.Name!, cancellationToken);
        var nowMs = clock.NowMs();
        return (true, await sender.SendAsync(found, [AlertMessage.Test(AlertWriter.NewId(nowMs), nowMs)], cancellationToken));
    }
}
