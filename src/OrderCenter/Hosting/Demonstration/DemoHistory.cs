using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Creation;
using OrderCenter.Orders.Queries;
using OrderCenter.Orders.Refunds;
using OrderCenter.Payments;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting.Demonstration;

/// <summary>Two weeks of orders before the demo began, so that its charts show something: made by the same code as every order, with clocks
/// that stand in the past.</summary>
internal sealed class DemoHistory(
    Database database, OrderQueries orders, PaymentWriter writer, RefundWriter refunds, OrderStateChange changes, ChannelRegistry channels,
    OrderMetrics metrics, TimeProvider clock)
{
    private const int Days = 14;
    private const int AtOnce = 32;
    private const double PaidShare = 0.85;
    private const double RefundedShare = 0.03;
    private static readonly TimeSpan TimeToPay = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan TimeToRefund = TimeSpan.FromHours(5);
    private static readonly string[] s_channels = ["alipay", "wechat"];

    private static readonly (string Product, string Money)[] s_products =
        [("gems.60", "6"), ("gems.60", "6"), ("month.card", "25.5"), ("gems.300", "30"), ("gems.980", "98"), ("gems.6480", "648")];

    /// <summary>Orders begun in each hour of the day (UTC), on average: evenings in China.</summary>
    private static readonly int[] s_perHour = [3, 3, 4, 5, 5, 4, 4, 4, 5, 6, 7, 8, 9, 10, 8, 5, 3, 2, 1, 1, 1, 1, 2, 2];

    /// <summary>Logs nothing: the address of the demo would be lost among thousands of lines.</summary>
    private readonly OrderTelemetry _telemetry = new(metrics, NullLogger<OrderTelemetry>.Instance);

    /// <summary>Makes them, unless the game has orders already: then an earlier start of the demo did.</summary>
    /// <param name="app">The game; it has no callback address, so that nothing of the past is sent.</param>
    /// <param name="random">Which player buys what.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How many orders were made.</returns>
    public async Task<int> MakeAsync(App app, Random random, CancellationToken cancellationToken)
    {
        var filter = new OrderFilter { Games = GameLimit.Of([app.GameId]) };
        if ((await orders.SearchAsync(filter, null, 1, cancellationToken)).Items.Count > 0)
        {
            return 0;
        }
        var purchases = Purchases(random);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(purchases, options, async (purchase, token) => await MakeAsync(app, purchase, token));
        return purchases.Count;
    }

    private List<Purchase> Purchases(Random random)
    {
        var now = clock.GetUtcNow();
        var hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero).AddDays(-Days);
        var purchases = new List<Purchase>();
        for (; hour < now.AddHours(-1); hour = hour.AddHours(1))
        {
            for (var left = random.Next((2 * s_perHour[hour.Hour]) + 1); left > 0; left--)
            {
                var (product, money) = s_products[random.Next(s_products.Length)];
                var fate = random.NextDouble();
                purchases.Add(new Purchase(
                    hour.AddSeconds(random.Next(3600)), product, money, $"player{random.Next(1000)}",
                    s_channels[random.Next(s_channels.Length)], IsPaid: fate < PaidShare, IsRefunded: fate < RefundedShare));
            }
        }
        return purchases;
    }

    private async Task MakeAsync(App app, Purchase purchase, CancellationToken cancellationToken)
    {
        _ = Money.TryParse(purchase.Money, out var money);
        var key = $"history-{Guid.NewGuid():N}";
        var order = new NewOrder
        {
            ProductId = purchase.Product,
            ProductName = purchase.Product,
            Money = money,
            Currency = "CNY",
            UserId = purchase.Player,
            MerchantOrderId = key,
            Channel = purchase.Channel,
            Content = [purchase.Product, purchase.Money, purchase.Player],
        };
        var creation = new OrderCreation(database, writer, channels, _telemetry, new StoppedClock(purchase.At));
        if (await creation.CreateAsync(app, order, cancellationToken) is not CreateOutcome.Created { OrderId: var id } || !purchase.IsPaid)
        {
            return;
        }
        var payment = new Payment
        {
            Channel = purchase.Channel,
            Environment = Payment.Production,
            TransactionId = key,
            Money = money,
            Currency = "CNY",
        };
        var payments = new PaymentApplication(database, orders, writer, _telemetry, new StoppedClock(purchase.At + TimeToPay));
        await payments.ApplyAsync(app, id, new Verdict.Paid(payment), cancellationToken);
        var refundedAt = purchase.At + TimeToRefund;
        if (purchase.IsRefunded && refundedAt < clock.GetUtcNow())
        {
            var recorder = new RefundRecorder(database, refunds, changes, _telemetry, new StoppedClock(refundedAt));
            await recorder.RecordAsync(app, id, money: null, new AuditContext("demo", "bought by mistake"), cancellationToken);
        }
    }

    private sealed record Purchase(
        DateTimeOffset At, string Product, string Money, string Player, string Channel, bool IsPaid, bool IsRefunded);

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
