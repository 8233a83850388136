using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Persistence;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>The conditions of stores and their channels: the fault that each is about raises one alert, and its end ends it; every sink is told of both.</summary>
public sealed class StoreConditionsTests(AlarmedEverywhere service) : IClassFixture<AlarmedEverywhere>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private long NowMs => service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task A_store_that_cannot_be_reached()
    {
        await using var store = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        store.IsDown = true;
        var game = await GameAsync(new { google = JsonNode.Parse(store.Settings(service.Google.PublicKey)) });
        var purchase = store.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p" });
        var order = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        for (var i = 0; i < 3; i++)
        {
            await ValidateAsync();
        }
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await service.UntilAsync(async () => await OfHostAsync() is not null, "store.unreachable is not raised");
        var alert = (await OfHostAsync())!.Value;
        Assert.Equal("critical", alert.GetProperty("severity").GetString());
        await service.UntilToldAsync(alert, "Alert");
        store.IsDown = false;
        await ValidateAsync();
        await service.EndToldAsync(alert);

        Task ValidateAsync() => game.ValidateAsync(order.PlatOrderId, service.Google.Purchase(purchase, GoogleShape.Token), Now);
        async Task<JsonElement?> OfHostAsync() => (await service.AlertsAsync("store.unreachable")).Cast<JsonElement?>()
            .FirstOrDefault(one => one!.Value.GetProperty("subject").GetString() == store.Address.Authority);
    }

    [Fact]
    public async Task Notifications_that_are_refused()
    {
        var game = await service.NewGameAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.False(await NotifyAppleAsync(game, """{"signedPayload":"forged"}"""));
        }
        var alert = await service.ToldAsync("notifications.refused", game.GameId);
        service.Clock.Advance(TimeSpan.FromMinutes(16));
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task Notifications_of_payments_that_belong_to_no_order()
    {
        var game = await GameAsync(new { alipay = service.Alipay.Settings() });
        var trade = service.Alipay.Pay(game.GameId + "1763000000123456", 1);
        Assert.True(await service.Alipay.NotifyAsync(trade, new Uri(service.Http.BaseAddress!, $"/notify/alipay/{game.GameId}"), cancellationToken: Now));
        var alert = await service.ToldAsync("notifications.unclaimed", game.GameId);
        await ForgetNotificationsAsync(game);
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task Notifications_that_cannot_be_understood()
    {
        var game = await GameAsync(new { apple = JsonNode.Parse(service.AppStore.Settings()) });
        Assert.True(await NotifyAppleAsync(game, service.AppStore.Notice("REFUND", transaction: null)));
        var alert = await service.ToldAsync("notifications.failed", game.GameId);
        await ForgetNotificationsAsync(game);
        await service.EndToldAsync(alert);
    }

    [Fact]
    public async Task A_refund_question_that_cannot_be_answered()
    {
        var consent = JsonNode.Parse("""{"customerConsented":true,"refundPreference":"DECLINE"}""");
        var apple = JsonNode.Parse(service.AppStore.Settings())!.AsObject();
        apple["consumption"] = consent;
        var game = await GameAsync(new { apple });
        var transaction = service.AppStore.Sell(new AppleTransaction { BundleId = Service.AppleBundle, ProductId = "p" });
        service.AppStore.IsDown = true;
        Assert.True(await NotifyAppleAsync(game, service.AppStore.Notice("CONSUMPTION_REQUEST", transaction)));

        // The store wants its answer within 12 hours.
        await service.UntilAsync(() => Task.FromResult(service.AppStore.Count("consumption") >= 2), "the question is not answered again");
        service.Clock.Advance(TimeSpan.FromHours(1));
        var alert = await service.ToldAsync("notifications.waiting", game.GameId);
        Assert.Equal($"game {game.GameId}, apple", alert.GetProperty("subject").GetString());
        service.AppStore.IsDown = false;
        service.Clock.Advance(TimeSpan.FromHours(1));
        await service.EndToldAsync(alert);
        Assert.Contains(transaction.TransactionId, service.AppStore.Consumptions.Keys);
    }

    [Fact]
    public async Task Purchases_that_the_store_refunds_soon()
    {
        var game = await GameAsync(new { google = JsonNode.Parse(service.Play.Settings(service.Google.PublicKey)) });
        var boughtMs = NowMs - (long)TimeSpan.FromHours(61).TotalMilliseconds;
        var purchase = service.Play.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p", PurchaseTimeMs = boughtMs });
        var order = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        await game.ValidateAsync(order.PlatOrderId, service.Google.Purchase(purchase, GoogleShape.Token), Now);
        service.Play.IsDown = true;
        var alert = await service.ToldAsync("fulfilment.deadline", game.GameId);
        Assert.Equal(("critical", 10L), (alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetInt64()));
        service.Play.IsDown = false;
        service.Clock.Advance(TimeSpan.FromMinutes(11));
        await service.EndToldAsync(alert);
        Assert.True(service.Play.Sale(purchase.PurchaseToken).IsAcknowledged);
    }

    [Fact]
    public async Task Questions_about_refunds_that_nobody_has_answered()
    {
        var (answered, forgotten) = (await AskedAsync(), await AskedAsync());

        // Google waits 24 hours.
        service.Clock.Advance(TimeSpan.FromHours(17));
        var (alert, other) = (await service.ToldAsync("refund.questions", answered.Game.GameId), await service.ToldAsync("refund.questions", forgotten.Game.GameId));
        Assert.Equal(
            ("warning", 6L, $"game {answered.Game.GameId}, google"),
            (alert.GetProperty("severity").GetString(), alert.GetProperty("value").GetInt64(), alert.GetProperty("subject").GetString()));
        var answer = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{answered.OrderId}/refund-answer", new { preference = "decline", reason = "used" });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Json.GetRawText());
        await service.EndToldAsync(alert);
        Assert.Single(await service.AlertsAsync("refund.questions", forgotten.Game.GameId));
        service.Clock.Advance(TimeSpan.FromHours(7));
        await service.EndToldAsync(other);

        async Task<(OrderApiGame Game, string OrderId)> AskedAsync()
        {
            var game = await GameAsync(new { google = JsonNode.Parse(service.Play.Settings(service.Google.PublicKey)) });
            var purchase = service.Play.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p", PurchaseTimeMs = NowMs });
            var order = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
            Assert.Equal(0, (await game.ValidateAsync(order.PlatOrderId, service.Google.Purchase(purchase, GoogleShape.Token), Now)).ResultCode);
            var address = new Uri(service.Http.BaseAddress!, $"/notify/google/{game.GameId}");
            Assert.Equal(200, await service.Play.PushAsync(service.Http, address, service.Play.RefundReviewNotice(purchase)));
            return (game, order.PlatOrderId);
        }
    }

    [Fact]
    public async Task Statements_that_do_not_come()
    {
        await using var store = await Alipay.StartAsync(service.Clock, Now);
        store.Fault = PlatformFault.Down;
        var (late, uploaded, given) = (await WaitingAsync(), await WaitingAsync(), await WaitingAsync());
        service.Clock.Advance(TimeSpan.FromDays(2));
        var alerts = new List<JsonElement>();
        foreach (var game in new[] { late, uploaded, given })
        {
            alerts.Add(await service.ToldAsync("statements.missing", game.GameId));
        }
        Assert.Equal(
            ("warning", 2L, $"game {late.GameId}, alipay"),
            (alerts[0].GetProperty("severity").GetString(), alerts[0].GetProperty("value").GetInt64(), alerts[0].GetProperty("subject").GetString()));
        Assert.EndsWith($"the oldest begins on {late.Day}", alerts[0].GetProperty("detail").GetString(), StringComparison.Ordinal);

        // A person uploads one, and asks for another one no more.
        var day = DateOnly.ParseExact(uploaded.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        var file = StatementFiles.Alipay([], day).Bytes(CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!);
        var (status, json) = await Ledger.SendAsync(service, $"channel=alipay&gameId={uploaded.GameId}&day={uploaded.Day}", file);
        Assert.True(status == HttpStatusCode.Accepted, json.GetRawText());
        var channels = new { alipay = new { fetchStatements = false } };
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{given.GameId}", new { channels })).Status);
        await service.EndToldAsync(alerts[1]);
        await service.EndToldAsync(alerts[2]);
        Assert.Single(await service.AlertsAsync("statements.missing", late.GameId));

        // The third comes.
        store.Fault = PlatformFault.None;
        service.Clock.Advance(TimeSpan.FromHours(6));
        await service.EndToldAsync(alerts[0]);

        async Task<(string GameId, string Day)> WaitingAsync()
        {
            var alipay = store.Settings();
            alipay["fetchStatements"] = true;
            var game = await GameAsync(new { alipay });
            var fetches = new List<JsonElement>();
            await service.UntilAsync(
                async () =>
                {
                    fetches = [.. (await service.GetAsync($"/statement-fetches?gameId={game.GameId}")).GetProperty("items").EnumerateArray()];
                    return fetches is [var fetch] && fetch.GetProperty("failures").GetInt32() > 0;
                },
                "no statement is asked for");
            return (game.GameId, fetches[0].GetProperty("day").GetString()!);
        }
    }

    [Fact]
    public async Task A_certificate_of_a_channel_that_expires_soon()
    {
        var ends = service.Clock.GetUtcNow().AddDays(10);
        var game = await service.NewGameAsync(new { channels = new { apple = new { bundleId = Service.AppleBundle, rootCertificates = new[] { Certificate(ends) } } } });
        var alert = await service.ToldAsync("channel.expiry", game.GameId);
        Assert.Contains("apple.rootCertificates[0]", alert.GetProperty("subject").GetString()!, StringComparison.Ordinal);
        var channels = new { apple = new { bundleId = Service.AppleBundle, rootCertificates = new[] { Certificate(ends.AddYears(5)) } } };
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { channels })).Status);
        await service.EndToldAsync(alert);
    }

    private static string Certificate(DateTimeOffset ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(ends.AddYears(-1), ends);
        return Convert.ToBase64String(certificate.RawData);
    }

    [Fact]
    public async Task A_platform_that_is_told_an_address_that_it_cannot_reach()
    {
        var game = await GameAsync(new { alipay = service.Alipay.Settings() });
        var alert = await service.ToldAsync("channel.publicUrl", game.GameId);
        Assert.Contains("PublicUrl", alert.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var alipay = service.Alipay.Settings(("notifyUrl", "https://pay.example.com/notify/alipay/" + game.GameId));
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { channels = new { alipay } })).Status);
        await service.EndToldAsync(alert);
    }

    private Task<OrderApiGame> GameAsync(object channels) => service.NewGameAsync(new { channels });

    /// <summary>Whether the notification was taken.</summary>
    private async Task<bool> NotifyAppleAsync(OrderApiGame game, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await service.Http.PostAsync(new Uri($"/notify/apple/{game.GameId}", UriKind.Relative), content, Now);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Somebody has seen to them.</summary>
    private Task<int> ForgetNotificationsAsync(OrderApiGame game) => service.Store.WriteAsync(
        transaction => transaction.ExecuteAsync("UPDATE notifications SET state = 2 WHERE game_id = $1", long.Parse(game.GameId, CultureInfo.InvariantCulture)), Now);
}
