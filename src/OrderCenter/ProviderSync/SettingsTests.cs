using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Settings;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Asks stores whether apps' settings work; a few at once. Nothing is changed there, nor here.</summary>
public sealed class SettingsTests(Database database, TimeProvider clock)
{
    private const int ConcurrentMax = 4;

    private int _running;

    /// <summary>Tests an app's settings for a channel. It is written into the audit log before the store is asked.</summary>
    /// <returns>Null: with these settings the store is never asked.</returns>
    /// <exception cref="DatabaseBusyException">Too many tests run, or too many requests wait; the store was not asked.</exception>
    public async Task<SettingsTestResult?> TestAsync(App app, IChannel channel, CancellationToken cancellationToken)
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
                : await PollAsync(app, channel, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>A store that is polled for events is asked for them.</summary>
    private static async Task<SettingsTestResult?> PollAsync(App app, IChannel channel, CancellationToken cancellationToken) =>
        channel.Events is null ? null : await channel.Events.PollAsync(app, cursor: null, cancellationToken) switch
        {
            PollResult.Page => new SettingsTestResult(true, "the store answers to these settings"),
            PollResult.TryLater later => new SettingsTestResult(false, later.Reason),
            _ => null,
        };
}
