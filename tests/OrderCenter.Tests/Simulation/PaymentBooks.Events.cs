using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Domain.Refunds;
using OrderCenter.Orders.Queries;

namespace OrderCenter.Tests.Simulation;

/// <summary>What a game is told must lead it to the order as it is.</summary>
internal sealed partial class PaymentBooks
{
    /// <summary>One callback for each order that was delivered, at most one for any; and the events, read one after the other.</summary>
    private async Task JudgeCallbacksAsync(OrderDetail detail)
    {
        var (order, state) = (detail.Row.Order, detail.Row.Order.State);
        var told = await world.QueryAsync(
            "SELECT event, content FROM callbacks WHERE order_id = $1 ORDER BY number", row => (Event: row.GetString(0), Content: row.IsDBNull(1) ? "" : row.GetString(1)), order.Id.Value);
        void ExpectOf(bool good, string what) =>
            Expect(good, $"{order.Id} ({order.Channel}, {state.Pay}/{state.Progress}): {what}; told: {string.Join(", ", told.Select(one => one.Event))}");

        var callbacks = told.Count(one => one.Event == "order.paid");
        ExpectOf(callbacks <= 1, $"its game is called {callbacks} times because it was paid");
        ExpectOf(state.Progress != Progress.Delivered || callbacks == (app.CallbackUrl is null ? 0 : 1), $"it was delivered, and its game was called {callbacks} times");
        var events = told.Where(one => one.Event.StartsWith("event:", StringComparison.Ordinal)).ToList();
        if (app.EventsUrl is null)
        {
            ExpectOf(events.Count == 0, "events without an address");
            return;
        }
        int Count(string name) => events.Count(one => one.Event == "event:order." + name);
        ExpectOf(Count("paid") == (state.Pay == PayState.Unpaid ? 0 : 1), "the events of its payment");
        ExpectOf(Count("delivered") == (state.Progress == Progress.Delivered ? 1 : 0), "the events of its delivery");

        // What went back before the payment came in is shown with the order, and is not told; its reversal is.
        var (isRefunded, back, hasOlder) = (false, Money.Zero, detail.Refunds.Any(refund => refund.SeenMs <= order.PaidMs));
        foreach (var (name, content) in events)
        {
            using var json = JsonDocument.Parse(content);
            var sum = json.RootElement.GetProperty("data").TryGetProperty("refundedMoney", out var text) ? MoneyOf(text.GetString()!) : Money.Zero;
            switch (name)
            {
                case "event:order.partially_refunded":
                    ExpectOf(!isRefunded && sum > back, $"a part of {sum} after {(isRefunded ? "all" : back)} went back");
                    back = sum;
                    break;
                case "event:order.refunded":
                    ExpectOf(!isRefunded, "refunded twice");
                    isRefunded = true;
                    break;
                case "event:order.refund_reversed":
                    ExpectOf(isRefunded || back > Money.Zero || hasOlder, "a reversal of nothing");
                    (isRefunded, back) = (false, sum);
                    break;
            }
        }
        ExpectOf(isRefunded == (state.Pay == PayState.Refunded), "whether it is refunded");
        if (state.Pay == PayState.Paid)
        {
            var known = RefundBalance.Of(detail.Refunds).Back;
            ExpectOf(back == known || (back == Money.Zero && hasOlder), $"{known} went back, {back} was told");
        }
    }

    private static Money MoneyOf(string text) => Money.TryParse(text, out var money) ? money : throw new FormatException($"{text} is no amount");
}
