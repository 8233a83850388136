using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Settings;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Asks stores whether apps' settings work; a few at once.</summary>
public sealed class SettingsTests(Database database, TimeProvider clock)
{
    private const int ConcurrentMax = 4;

    private int _running;

    /// <summary>Tests an app's settings for a channel. It is written into the audit log before the store is asked.</summary>
    /// <exception cref="DatabaseBusyException">Too many tests run, or too many requests wait; the store was not asked.</exception>
    public async Task<SettingsTestResult> TestAsync(App app, IChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > ConcurrentMax)
            {
                throw new DatabaseBusyException("too many channels are tested at once; try again");
            }
            await database.WriteAsync(
                transaction =>
                {
                    AuditTrail.Append(transaction, new AuditFact("app.channel-test", app.GameId, channel.Name), clock.NowMs());
                    return ValueTask.FromResult(true);
                },
                cancellationToken);
            return channel.Test is { } test
                ? await test.TestAsync(app, cancellationToken)
                : new SettingsTestResult(true, "the settings have the right form; this channel's store cannot be asked about them");
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
