using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Channels.Shared;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>Every condition: the fault that it is about raises one alert, and its end ends it.</summary>
public sealed class ConditionsTests(Alarmed service) : IClassFixture<Alarmed>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exhausted_callbacks()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var game = await GameAsync(receiver, 0);
        var id = await PaidAsync(game);
        var alert = await service.RaisedAsync("callbacks.exhausted", game.GameId);
        Assert.Equal(("warning", 1L), (alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetInt64()));
        receiver.SetDown("callback", false);
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.Accepted, (await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback}/redeliver")).Status);
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task A_breaker_that_is_open_and_the_oldest_callback_that_waits()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var game = await GameAsync(receiver, 0, 1, 1, 1, 1, 3600, 7200);
        for (var i = 0; i < 6; i++)
        {
            await PaidAsync(game);
        }
        var breaker = await service.RaisedAsync("callbacks.breaker", game.GameId);
        Assert.Contains(receiver.Address, breaker.GetProperty("subject").GetString()!, StringComparison.Ordinal);
        service.Clock.Advance(TimeSpan.FromMinutes(30));
        var waiting = await service.RaisedAsync("callbacks.waiting", game.GameId);
        receiver.SetDown("callback", false);
        service.Clock.Advance(TimeSpan.FromMinutes(40));
        await service.RecoveredAsync(breaker);
        await service.RecoveredAsync(waiting);
    }

    [Fact]
    public async Task Receipts_that_are_refused()
    {
        var game = await service.NewGameAsync();
        var order = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        for (var i = 0; i < 20; i++)
        {
            await game.ValidateAsync(order.PlatOrderId, $$"""{"signature":"x{{i}}","purchase":"forged"}""", Now);
        }
        var alert = await service.RaisedAsync("receipts.refused", game.GameId);
        Assert.Equal(100, alert.GetProperty("value").GetInt64());
        service.Clock.Advance(TimeSpan.FromMinutes(16));
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        var http = service.Services.GetRequiredService<StoreHttp>();
        async Task CallAsync() => await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, receiver.Address + "/callback"), Now);
        receiver.SetDown("callback", true);
        for (var i = 0; i < 3; i++)
        {
            await CallAsync();
        }
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await service.UntilAsync(async () => await OfHostAsync() is not null, "store.unreachable is not raised");
        var alert = (await OfHostAsync())!.Value;
        Assert.Equal("critical", alert.GetProperty("severity").GetString());
        receiver.SetDown("callback", false);
        await CallAsync();
        await service.RecoveredAsync(alert);

        async Task<JsonElement?> OfHostAsync() => (await service.AlertsAsync("store.unreachable")).Cast<JsonElement?>()
            .FirstOrDefault(one => one!.Value.GetProperty("subject").GetString() == new Uri(receiver.Address).Authority);
    }

    [Fact]
    public async Task Notifications_that_are_refused()
    {
        var game = await service.NewGameAsync();
        for (var i = 0; i < 20; i++)
        {
            using var content = new StringContent("""{"signedPayload":"forged"}""", Encoding.UTF8, "application/json");
            using var refused = await service.Http.PostAsync(new Uri($"/notify/apple/{game.GameId}", UriKind.Relative), content, Now);
            Assert.False(refused.IsSuccessStatusCode);
        }
        var alert = await service.RaisedAsync("notifications.refused", game.GameId);
        service.Clock.Advance(TimeSpan.FromMinutes(16));
        await service.RecoveredAsync(alert);
    }

    [Theory]
    [InlineData("notifications.unclaimed", 3)]
    [InlineData("notifications.failed", 6)]
    public async Task Notifications_that_wait_for_a_person(string condition, int state)
    {
        var game = await service.NewGameAsync();
        var key = Guid.NewGuid().ToString("N");
        await WriteAsync(
            "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, state, sealed) VALUES ($1, 'google', $2, $1, $3, $4, '')",
            key, long.Parse(game.GameId, CultureInfo.InvariantCulture), NowMs, state);
        var alert = await service.RaisedAsync(condition, game.GameId);
        await WriteAsync("UPDATE notifications SET state = 2 WHERE notification_key = $1", key);
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task Purchases_that_the_store_refunds_soon()
    {
        var game = await service.NewGameAsync();
        var id = "1" + Guid.NewGuid().ToString("N")[..18];
        const long HourMs = 3_600_000;
        await WriteAsync(
            "INSERT INTO fulfilment_reports (order_id, game_id, channel, since_ms, due_ms) VALUES ($1, $2, 'google', $3, $4)",
            id, long.Parse(game.GameId, CultureInfo.InvariantCulture), NowMs - (61 * HourMs), NowMs + (6 * HourMs));
        var alert = await service.RaisedAsync("fulfilment.deadline", game.GameId);
        Assert.Equal(("critical", 10L), (alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetInt64()));
        await WriteAsync("UPDATE fulfilment_reports SET due_ms = NULL WHERE order_id = $1", id);
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task Differences_with_a_statement()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        var alert = await service.RaisedAsync("reconciliation.differences", ledger.GameId);
        var (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/reconciliations/{found.Id}/differences/1/repair", new { action = "ignore", reason = "x" });
        Assert.True((int)status < 300);
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task Cards_that_run_out_and_orders_that_wait_for_them()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p1", Enumerable.Range(0, 3).Select(i => merchant.NewCard($"a{i}")));
        var stock = await service.RaisedAsync("cards.stock", merchant.GameId);
        Assert.Equal(3, stock.GetProperty("value").GetInt64());
        await merchant.ImportAsync("p1", Enumerable.Range(0, 20).Select(i => merchant.NewCard($"b{i}")));
        await service.RecoveredAsync(stock);

        await merchant.PayAsync(await merchant.OrderedAsync("p2"));
        var backlog = await service.RaisedAsync("cards.backlog", merchant.GameId);
        await merchant.ImportAsync("p2", Enumerable.Range(0, 30).Select(i => merchant.NewCard($"c{i}")));
        await service.RecoveredAsync(backlog);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full()
    {
        service.Disk.FreePercent = 7;
        var alert = await service.RaisedAsync("disk.space");
        Assert.Equal(7, alert.GetProperty("value").GetInt64());
        service.Disk.FreePercent = 60;
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task A_clock_that_differs_from_the_databases()
    {
        if (!service.Store.IsShared)
        {
            // The file has no clock of its own.
            return;
        }
        service.Clock.SetBy(TimeSpan.FromSeconds(5));
        var alert = await service.RaisedAsync("clock.skew");
        service.Clock.SetBy(TimeSpan.FromSeconds(-5));
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task A_certificate_of_a_channel_that_expires_soon()
    {
        var ends = service.Clock.GetUtcNow().AddDays(10);
        var game = await service.NewGameAsync(new { channels = new { apple = new { bundleId = Service.AppleBundle, rootCertificates = new[] { Certificate(ends) } } } });
        var alert = await service.RaisedAsync("channel.expiry", game.GameId);
        Assert.Contains("apple.rootCertificates[0]", alert.GetProperty("subject").GetString()!, StringComparison.Ordinal);
        var channels = new { apple = new { bundleId = Service.AppleBundle, rootCertificates = new[] { Certificate(ends.AddYears(5)) } } };
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { channels })).Status);
        await service.RecoveredAsync(alert);
    }

    [Fact]
    public async Task A_threshold_of_a_game_counts_for_that_game_only()
    {
        await using var receiver = await SinkReceiver.StartAsync(service.Clock);
        receiver.SetDown("callback", true);
        var (patient, other) = (await GameAsync(receiver, 0), await GameAsync(receiver, 0));
        var thresholds = new[] { new { condition = "callbacks.exhausted", gameId = long.Parse(patient.GameId, CultureInfo.InvariantCulture), threshold = 3 } };
        var (status, set) = await service.CallAsync(HttpMethod.Put, "/api/v1/alert-conditions", new { thresholds });
        Assert.True(status == HttpStatusCode.OK, set.GetRawText());
        await PaidAsync(patient);
        await PaidAsync(other);
        await service.RaisedAsync("callbacks.exhausted", other.GameId);
        Assert.Empty(await service.AlertsAsync("callbacks.exhausted", patient.GameId));
        await PaidAsync(patient);
        await PaidAsync(patient);
        Assert.Equal(3, (await service.RaisedAsync("callbacks.exhausted", patient.GameId)).GetProperty("threshold").GetInt64());
        foreach (var (wrong, field) in new (object, string)[]
        {
            (new { condition = "nothing", threshold = 1 }, "thresholds[0].condition"), (new { condition = "receipts.refused", threshold = 101 }, "thresholds[0].threshold"),
            (new { condition = "disk.space", gameId = 1, threshold = 5 }, "thresholds[0].gameId"), (new { condition = "receipts.refused" }, "thresholds[0].threshold"),
        })
        {
            var (refused, problem) = await service.CallAsync(HttpMethod.Put, "/api/v1/alert-conditions", new { thresholds = new[] { wrong } });
            Assert.Equal((HttpStatusCode.BadRequest, field), (refused, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
    }

    private long NowMs => service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Certificate(DateTimeOffset ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(ends.AddYears(-1), ends);
        return Convert.ToBase64String(certificate.RawData);
    }

    private Task<OrderApiGame> GameAsync(SinkReceiver receiver, params int[] retrySeconds) =>
        service.NewGameAsync(new { callbackUrl = receiver.Url("callback"), callback = new { retrySeconds } });

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        var (status, json) = await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" + id, money = "6.5", currency = "CNY" });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return id;
    }

    private Task<int> WriteAsync(string sql, params object?[] parameters) => service.Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, parameters), Now);
}
