using System.Globalization;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Takes what a store told when it was polled: a notice is kept as a pushed one is, a fact is applied. It throws where it cannot now, and is
/// then told the same again.</summary>
public delegate Task TakeNews(App app, string channel, News news, CancellationToken cancellationToken);

/// <summary>Where news of polled stores go: notices into the inbox, facts to the orders.</summary>
public sealed partial class NewsTaker(Inbox inbox, OrderBook orders, ILogger<NewsTaker> log)
{
    /// <exception cref="StoreBusyException">It was not kept; the cursor must not move on.</exception>
    public async Task TakeAsync(App app, string channel, News news, CancellationToken cancellationToken)
    {
        switch (news)
        {
            case News.Notice notice:
                var notified = inbox.Find(channel) ?? throw new InvalidOperationException($"channel {channel} tells of notices, and takes none");
                var reception = await inbox.TakeAsync(notified, app.GameId.ToString(CultureInfo.InvariantCulture), notice.Raw, cancellationToken);
                if (reception != NoticeReception.Stored)
                {
                    throw new StoreBusyException($"notice {notice.NoticeId} of {channel} was not kept: {reception}");
                }
                break;
            case News.Fact fact:
                var outcome = await orders.ReportAsync(app, channel, fact.Tidings, cancellationToken);
                var (order, state) = (outcome.OrderId?.Value ?? "-", Inbox.Name(outcome.State));
                LogFact(log, app.GameId, channel, order, state, outcome.Words);
                break;
            default:
                throw new InvalidOperationException($"unknown news {news}");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "app {GameId}: {Channel} told when asked: order {OrderId}, {State}: {Words}")]
    private static partial void LogFact(ILogger logger, long gameId, string channel, string orderId, string state, string words);
}
