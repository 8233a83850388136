using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Hosting.Workers;
using OrderCenter.Orders;
using OrderCenter.Orders.Receipts;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ProviderSync;

/// <summary>A delivered purchase is consumed at Google, whatever fails on the way; one that waits is acknowledged before Google takes it back.</summary>
public sealed class FulfilmentReportTests : IAsyncLifetime
{
    private const string Product = "gold_100";
    private readonly Service _service = new();
    private GooglePlayServer _google = null!;
    private OrderApiGame _game = null!;
    private ProviderSyncWorker _rounds = null!;

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();

        // The tests make the steps themselves, so that no call is under way while they move the clock.
        _rounds = _service.Services.GetServices<IHostedService>().OfType<ProviderSyncWorker>().Single();
        await Service.StopOnceBegunAsync(_rounds);
        _google = await GooglePlayServer.StartAsync(_service.Clock, Service.GooglePackage);
        _game = await _service.NewGameAsync(new { channels = new { google = JsonNode.Parse(_google.Settings(_service.Google.PublicKey)) } });
    }

    public async ValueTask DisposeAsync()
    {
        await _google.DisposeAsync();
        await _service.DisposeAsync();
    }

    private async Task<(string OrderId, GooglePurchase Purchase)> PayAsync(TimeSpan ago = default)
    {
        var boughtMs = (_service.Clock.GetUtcNow() - ago).ToUnixTimeMilliseconds();
        var purchase = _google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product, PurchaseTimeMs = boughtMs });
        var body = new { gameId = long.Parse(_game.GameId), productId = Product, productName = "Gold", money = "6", currency = "CNY", userId = "player-7", channel = "google" };
        var (status, created) = await _service.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        var orderId = created.GetProperty("orderId").GetString()!;
        Assert.True(OrderId.TryParse(orderId, out var id));
        Assert.True(Receipt.TryParse(System.Text.Encoding.UTF8.GetBytes(_service.Google.Purchase(purchase, GoogleShape.Token)), out var receipt, out _));
        var app = _service.Services.GetRequiredService<AppCatalog>().Find(long.Parse(_game.GameId))!;
        Assert.IsType<PaymentOutcome.Paid>(await _service.Services.GetRequiredService<ReceiptApplication>().ApplyAsync(app, id, receipt, null, CancellationToken.None));
        return (orderId, purchase);
    }

    private async Task DeliverAsync(string orderId)
    {
        Assert.True(OrderId.TryParse(orderId, out var id));
        var app = _service.Services.GetRequiredService<AppCatalog>().Find(long.Parse(_game.GameId))!;
        Assert.Equal(FulfilmentOutcome.Recorded, await _service.Services.GetRequiredService<FulfilmentRecorder>().RecordAsync(app, id, CancellationToken.None));
    }

    /// <summary>Lets time pass in steps, and every step of the tellings be done.</summary>
    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        var tellings = _service.Services.GetRequiredService<FulfilmentReports>();
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _service.Clock.Advance(step);
            while (await tellings.StepAsync(CancellationToken.None))
            {
            }
        }
    }

    private async Task WaitAsync(Func<bool> isDone)
    {
        for (var i = 0; i < 100 && !isDone(); i++)
        {
            await PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        }
        Assert.True(isDone());
    }

    [Fact]
    public async Task Delivered_purchase_is_consumed_once_and_not_before()
    {
        var (orderId, purchase) = await PayAsync();
        await PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        Assert.True(_google.Sale(purchase.PurchaseToken) is { IsAcknowledged: false, IsConsumed: false });

        await DeliverAsync(orderId);
        await WaitAsync(() => _google.Sale(purchase.PurchaseToken).IsConsumed);
        await PassAsync(TimeSpan.FromDays(4), TimeSpan.FromHours(6));
        Assert.Equal((1, 0), (_google.Count("consume"), _google.Count("acknowledge")));
    }

    [Fact]
    public async Task Delivered_purchase_is_consumed_by_itself()
    {
        var (orderId, purchase) = await PayAsync();
        await DeliverAsync(orderId);
        await _rounds.StartAsync(CancellationToken.None);
        for (var i = 0; i < 1000 && !_google.Sale(purchase.PurchaseToken).IsConsumed; i++)
        {
            _service.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        Assert.True(_google.Sale(purchase.PurchaseToken).IsConsumed);
        await Service.StopOnceBegunAsync(_rounds);
    }

    [Fact]
    public async Task Store_that_fails_is_told_until_it_knows()
    {
        var (orderId, purchase) = await PayAsync();
        await DeliverAsync(orderId);
        _google.Fail("consume", StoreFault.ServerError, 5);
        _google.Fail("consume", StoreFault.LostAnswer);
        await PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(2));
        Assert.True(_google.Sale(purchase.PurchaseToken).IsConsumed);
        Assert.Equal(6, _google.Count("consume"));
    }

    [Fact]
    public async Task Purchase_that_waits_is_acknowledged_after_48_hours_and_consumed_when_it_is_delivered()
    {
        var (orderId, purchase) = await PayAsync();
        await PassAsync(TimeSpan.FromHours(47), TimeSpan.FromHours(1));
        Assert.False(_google.Sale(purchase.PurchaseToken).IsAcknowledged);
        await PassAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));
        Assert.True(_google.Sale(purchase.PurchaseToken) is { IsAcknowledged: true, IsConsumed: false });

        await DeliverAsync(orderId);
        await WaitAsync(() => _google.Sale(purchase.PurchaseToken).IsConsumed);
        Assert.Equal((1, 1), (_google.Count("acknowledge"), _google.Count("consume")));
    }

    [Fact]
    public async Task Purchase_that_was_made_long_before_is_acknowledged_at_once()
    {
        var (_, purchase) = await PayAsync(ago: TimeSpan.FromHours(50));
        await WaitAsync(() => _google.Sale(purchase.PurchaseToken).IsAcknowledged);
    }

    [Fact]
    public async Task Purchase_that_cannot_be_acknowledged_raises_an_alarm_in_time()
    {
        using var steps = new Counted(_service.Services, "ordercenter.order.steps");
        await PayAsync();
        _google.Fail("acknowledge", StoreFault.Forbidden, 1000);
        await PassAsync(TimeSpan.FromHours(59), TimeSpan.FromMinutes(30));
        Assert.Equal(0, steps["fulfilmentReportOverdue"]);
        Assert.True(steps["fulfilmentReportFailed"] > 10);
        await PassAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(30));
        Assert.True(steps["fulfilmentReportOverdue"] > 0);
    }

    [Fact]
    public async Task Refunded_order_is_not_told()
    {
        var (orderId, purchase) = await PayAsync();
        var (status, _) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{orderId}/refund", new { reason = "asked for" });
        Assert.Equal(HttpStatusCode.OK, status);
        await PassAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(3));
        Assert.True(_google.Sale(purchase.PurchaseToken) is { IsAcknowledged: false, IsConsumed: false });
    }

    [Fact]
    public async Task News_are_taken_once_the_cursor_moves_and_again_where_they_could_not_be_taken()
    {
        var voided = _google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product });
        _google.Void(voided.PurchaseToken);
        var taken = new List<string>();
        var isBroken = true;
        Task TakeAsync(App app, string channel, PolledEvent news, CancellationToken cancellationToken)
        {
            Assert.Equal((_game.GameId, "google"), (app.GameId.ToString(), channel));
            taken.Add(Assert.IsType<ProviderEvent.Refunded>(Assert.IsType<PolledEvent.Fact>(news).Event).Payment.TransactionId);
            return isBroken ? Task.FromException(new InvalidOperationException("broken on purpose")) : Task.CompletedTask;
        }
        var polls = new EventPoller(
            _service.Services.GetRequiredService<Database>(), _service.Services.GetRequiredService<AppCatalog>(),
            _service.Services.GetRequiredService<ChannelRegistry>(), TakeAsync, _service.Clock, NullLogger<EventPoller>.Instance);

        await polls.StepAsync(CancellationToken.None);
        Assert.Equal([voided.PurchaseToken], taken);

        // Not before its time, and then from where it was.
        isBroken = false;
        await polls.StepAsync(CancellationToken.None);
        Assert.Single(taken);
        _service.Clock.Advance(TimeSpan.FromMinutes(6));
        await polls.StepAsync(CancellationToken.None);
        Assert.Equal([voided.PurchaseToken, voided.PurchaseToken], taken);

        _service.Clock.Advance(TimeSpan.FromMinutes(6));
        await polls.StepAsync(CancellationToken.None);
        Assert.Equal(2, _google.Count("voided"));
        _service.Clock.Advance(TimeSpan.FromDays(2));
        await polls.StepAsync(CancellationToken.None);
        _service.Clock.Advance(TimeSpan.FromDays(2));
        await polls.StepAsync(CancellationToken.None);
        Assert.Equal((4, 3), (_google.Count("voided"), taken.Count));
    }
}
