using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.ProviderSync;

/// <summary>Asks a store whether it accepts an app's settings of its channel: for its events, or for an order of which it cannot know.
/// Nothing is changed there, nor here.</summary>
public sealed class StoreCheck(Database database, ChannelRegistry channels, TimeProvider clock)
{
    private const int ConcurrentMax = 4;
    private const int RandomDigits = 10;

    private int _running;

    /// <summary>Asks. It is written into the audit log before the request leaves.</summary>
    /// <param name="app">The app.</param>
    /// <param name="channel">One of its channels.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether the store accepts the settings, and why not; null: it cannot be asked with these settings.</returns>
    /// <exception cref="DatabaseBusyException">Too many stores are asked, or too many requests wait; nothing was sent.</exception>
    public async Task<(bool IsAccepted, string? Reason)?> RunAsync(App app, string channel, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > ConcurrentMax)
            {
                throw new DatabaseBusyException("too many stores are asked at once; try again");
            }
            await database.WriteAsync(
                transaction =>
                {
                    AuditTrail.Append(transaction, new AuditFact("app.test-channel", app.GameId, channel), clock.NowMs());
                    return ValueTask.FromResult(true);
                },
                cancellationToken);
            return await AskAsync(app, channels.Find(channel), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<(bool IsAccepted, string? Reason)?> AskAsync(App app, IChannel? channel, CancellationToken cancellationToken)
    {
        if (channel?.Events is { } events)
        {
            return await events.PollAsync(app, cursor: null, cancellationToken) switch
            {
                PollResult.Page => (true, null),
                PollResult.TryLater later => (false, later.Reason),
                _ => null,
            };
        }
        if (channel?.Query is { FindsByOrderId: true } query)
        {
            return await query.QueryAsync(app, Unknown(app), transaction: null, cancellationToken) is Verdict.TryLater later
                ? (false, later.Reason)
                : (true, null);
        }
        return null;
    }

    /// <summary>An order that was never sent to any store.</summary>
    private Order Unknown(App app) => new()
    {
        Id = OrderId.Draw(app.GameId, nowMs: 0, RandomDigits),
        GameId = app.GameId,
        ProductId = "test",
        Money = Money.Zero,
        Currency = "CNY",
        UserId = "test",
        CreatedMs = clock.NowMs(),
        ExpiresMs = clock.NowMs(),
    };
}
