using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Alerts;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;
using OtpNet;

namespace OrderCenter.Tests.Operators;

/// <summary>Every route that writes is called once in earnest, and has written its entry into the audit log.</summary>
public sealed class AuditedRoutesTests(Service service) : IClassFixture<Service>
{
    private const string Prefix = "/api/v1/";

    /// <summary>Routes that are no GET and change nothing.</summary>
    private static readonly string[] s_changingNothing = ["POST apps/{gameId}/sign", "POST apps/{gameId}/channels/{name}/try"];

    /// <summary>GETs that are written down all the same.</summary>
    private static readonly string[] s_watched =
    [
        "GET orders/{orderId}/cards", "GET apps.csv", "GET orders.csv", "GET callbacks.csv", "GET notifications.csv", "GET reconciliations.csv", "GET reconciliations/{id}/differences.csv", "GET audit.csv",
        "GET operators.csv", "GET tokens.csv", "GET alerts.csv",
    ];

    [Fact]
    public void Every_export_is_watched() => Assert.Equal(
        service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(route => route.RoutePattern.RawText ?? "")
            .Where(path => path.StartsWith(Prefix, StringComparison.Ordinal) && path.EndsWith(".csv", StringComparison.Ordinal)).Select(path => "GET " + path[Prefix.Length..]).Order(StringComparer.Ordinal),
        s_watched.Where(route => route.EndsWith(".csv", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Every_route_that_writes_writes_an_entry()
    {
        var calls = await CallsAsync();
        var routes = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.Ordinal) == true && route.RoutePattern.RawText != Prefix + "{**path}")
            .Select(route => $"{route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]} {route.RoutePattern.RawText![Prefix.Length..]}")
            .Where(route => !route.StartsWith("GET ", StringComparison.Ordinal)).Except(s_changingNothing, StringComparer.Ordinal).Concat(s_watched);
        foreach (var route in routes)
        {
            Assert.True(calls.TryGetValue(route, out var call), $"{route} writes, and this test does not call it");
            var before = await CountAsync();
            var status = await call();
            Assert.True((int)status is >= 200 and < 300, $"{route}: {status}");
            Assert.True(await CountAsync() > before, $"{route} has written no entry");
        }
        Assert.True((await service.GetAsync("/audit/verify")).GetProperty("intact").GetBoolean());
    }

    private async Task<long> CountAsync() => (await service.GetAsync("/audit/verify")).GetProperty("entries").GetInt64();

    /// <summary>Google asks about an order that it was paid for, and a person answers.</summary>
    private async Task<HttpStatusCode> AnswerRefundQuestionAsync()
    {
        await using var google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
        var game = await service.NewGameAsync(new { channels = new { google = JsonNode.Parse(google.Settings()) } });
        var bought = google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gem-60" });
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "paid", new { channel = "google", transactionId = bought.OrderId, money = "6.5", currency = "CNY" });
        Assert.Equal(200, await google.PushAsync(service.Http, new Uri(service.Http.BaseAddress!, $"/notify/google/{game.GameId}"), google.RefundReviewNotice(bought)));
        var status = HttpStatusCode.Conflict;
        var began = TimeProvider.System.GetTimestamp();
        while (status == HttpStatusCode.Conflict && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            status = (await service.CallAsync(HttpMethod.Post, $"{Prefix}orders/{id}/refund-answer", new { preference = "decline", reason = "x" })).Status;
        }
        return status;
    }

    /// <summary>A person wants the bill of a day that is over.</summary>
    private async Task<HttpStatusCode> FetchStatementAsync()
    {
        await using var alipay = await Alipay.StartAsync(service.Clock, TestContext.Current.CancellationToken);
        var settings = alipay.Settings();
        settings["fetchStatements"] = true;
        var game = await service.NewGameAsync(new { channels = new { alipay = settings } });
        return (await service.CallAsync(HttpMethod.Post, Prefix + "statement-fetches", new { gameId = game.GameId, channel = "alipay", day = "2026-01-01", reason = "x" })).Status;
    }

    private async Task<Dictionary<string, Func<Task<HttpStatusCode>>>> CallsAsync()
    {
        var ledger = await Ledger.NewAsync(service, new { callbackUrl = "http://127.0.0.1:9/callback" });
        var game = ledger.GameId;
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        var held = await service.CreateAsync(Native.NewOrder(game));
        await service.ActAsync(held, "paid", new { channel = "bank", transactionId = "T" + held, money = "1", currency = "CNY" });
        var (paid, _) = await ledger.PayAsync("bank");
        var (toRefund, _) = await ledger.PayAsync("bank");
        var (toSettle, _) = await ledger.PayAsync("bank");
        await service.ActAsync(toSettle, "paid", new { channel = "bank", transactionId = "extra" + toSettle, money = "6.5", currency = "CNY" });
        var callback = (await service.OrderAsync(paid)).GetProperty("callbacks")[0].GetProperty("id").GetString();
        var merchant = await Merchant.NewAsync(service);
        var cardOrder = await service.CreateAsync(Native.NewOrder(merchant.GameId));
        var raw = new RawNotification(new Dictionary<string, string>(StringComparer.Ordinal), "{}"u8.ToArray(), service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var notification = await service.Services.GetRequiredService<NotificationStore>().InsertAsync("google", long.Parse(game), "n1", raw, []);
        var job = (await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = game })).Json.GetProperty("jobId").GetString();
        var other = await Person.MakeAsync(service, "viewer");
        var token = (await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name = Person.NewName(), role = "viewer" })).Json.GetProperty("id").GetString();
        var person = await Person.NewAsync(service, "viewer");
        var alert = new Alert
        {
            Id = AlertWriter.NewId(0), Condition = "disk.space", Subject = "test", GameId = 0, Severity = AlertSeverity.Warning, Value = 1, Threshold = 10,
            RaisedMs = raw.ReceivedMs, SeenMs = raw.ReceivedMs, Told = 1,
        };
        await service.Services.GetRequiredService<Database>().WriteAsync(transaction => AlertTable.OpenAsync(transaction, alert), TestContext.Current.CancellationToken);
        var secret = "";
        var unpaid = new Queue<string>();
        for (var i = 0; i < 3; i++)
        {
            unpaid.Enqueue(await service.CreateAsync(Native.NewOrder(game)));
        }
        Func<Task<HttpStatusCode>> Get(string path) => async () =>
        {
            using var response = await service.SendAsync(HttpMethod.Get, Prefix + path);
            return response.StatusCode;
        };
        Func<Task<HttpStatusCode>> Post(string path, object body) => async () => (await service.CallAsync(HttpMethod.Post, Prefix + path, body)).Status;
        string Code() => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(service.Clock.GetUtcNow().UtcDateTime);

        return new(StringComparer.Ordinal)
        {
            ["PUT apps/{gameId}"] = async () => (await service.CallAsync(HttpMethod.Put, $"{Prefix}apps/{game}", new { name = "renamed" })).Status,
            ["PUT apps/{gameId}/products"] = async () => (await service.CallAsync(HttpMethod.Put, $"{Prefix}apps/{game}/products", new { products = (object?)null })).Status,
            ["POST apps/{gameId}/secrets"] = Post($"apps/{game}/secrets", new { secret = "another-secret-0123", previousValidSeconds = 60 }),
            ["POST apps/{gameId}/probe"] = Post($"apps/{game}/probe", new { url = "http://name.that.is.none.invalid/callback" }),
            ["POST apps/{gameId}/players/erase"] = Post($"apps/{game}/players/erase", new { userId = "u", reason = "x" }),
            ["POST apps/{gameId}/players/export"] = Post($"apps/{game}/players/export", new { userId = "u", reason = "x" }),
            ["POST apps/{gameId}/channels/{channel}/test"] = Post($"apps/{game}/channels/google/test", new { }),
            ["POST statement-fetches"] = FetchStatementAsync,
            ["POST orders"] = Post("orders", Native.NewOrder(game)),
            ["POST orders/{orderId}/paid"] = Post($"orders/{unpaid.Dequeue()}/paid", new { channel = "bank", transactionId = "T" + game, money = "6.5", currency = "CNY" }),
            ["POST orders/{orderId}/close"] = Post($"orders/{unpaid.Dequeue()}/close", new { reason = "x" }),
            ["POST orders/{orderId}/release"] = Post($"orders/{held}/release", new { reason = "x" }),
            ["POST orders/{orderId}/refund"] = Post($"orders/{toRefund}/refund", new { reason = "x" }),
            ["POST orders/{orderId}/settle"] = Post($"orders/{toSettle}/settle", new { reason = "x" }),
            ["POST orders/{orderId}/refund-answer"] = AnswerRefundQuestionAsync,
            ["PUT orders/{orderId}/consumption"] = async () => (await service.CallAsync(HttpMethod.Put, $"{Prefix}orders/{paid}/consumption", new { consumedMilliPercent = 45_200 })).Status,
            ["POST orders/{orderId}/recheck"] = Post($"orders/{unpaid.Dequeue()}/recheck", new { }),
            ["POST orders/{orderId}/result"] = Post($"orders/{cardOrder}/result", new { status = "failed" }),
            ["GET orders/{orderId}/cards"] = async () => (await service.CallAsync(HttpMethod.Get, $"{Prefix}orders/{cardOrder}/cards")).Status,
            ["GET apps.csv"] = Get("apps.csv"),
            ["GET orders.csv"] = Get("orders.csv"),
            ["GET callbacks.csv"] = Get("callbacks.csv"),
            ["GET notifications.csv"] = Get("notifications.csv"),
            ["GET reconciliations.csv"] = Get("reconciliations.csv"),
            ["GET reconciliations/{id}/differences.csv"] = Get($"reconciliations/{found.Id}/differences.csv"),
            ["GET audit.csv"] = Get("audit.csv"),
            ["GET operators.csv"] = Get("operators.csv"),
            ["GET tokens.csv"] = Get("tokens.csv"),
            ["GET alerts.csv"] = Get("alerts.csv"),
            ["POST notifications/{id}/replay"] = Post($"notifications/{notification!.Notification.Key}/replay", new { }),
            ["PUT users/{uid}"] = async () => (await service.CallAsync(HttpMethod.Put, $"{Prefix}users/u{game}", new { platAccount = "p" })).Status,
            ["POST users/{uid}/openids"] = Post($"users/u{game}/openids", new { gameId = game }),
            ["POST users/{uid}/points"] = Post($"users/u{game}/points", new { amount = "5", reason = "x", idempotencyKey = "k" }),
            ["POST apps/{gameId}/cards"] = Post($"apps/{merchant.GameId}/cards", new { productId = "p", cards = new[] { new { cardType = 1, cardNo = "n" + game, cardPassword = "p" + game, cardRect = "" } } }),
            ["POST callbacks/{id}/redeliver"] = async () =>
            {
                var deadline = TimeProvider.System.GetTimestamp();
                HttpStatusCode status;
                while ((status = await Post($"callbacks/{callback}/redeliver", new { })()) == HttpStatusCode.Conflict && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
                }
                return status;
            },
            ["POST callbacks/redeliver"] = Post("callbacks/redeliver", new { gameId = game }),
            ["POST callbacks/jobs/{jobId}/cancel"] = Post($"callbacks/jobs/{job}/cancel", new { }),
            ["POST reconciliations"] = async () => (await ledger.SendAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]))).Status,
            ["POST reconciliations/{id}/differences/{number}/repair"] = Post($"reconciliations/{found.Id}/differences/1/repair", new { action = "ignore", reason = "x" }),
            ["POST operators"] = Post("operators", new { name = Person.NewName(), role = "viewer" }),
            ["PATCH operators/{name}"] = async () => (await service.CallAsync(HttpMethod.Patch, $"{Prefix}operators/{other.Name}", new { role = "support" })).Status,
            ["POST alerts/{id}/acknowledge"] = Post($"alerts/{alert.Id}/acknowledge", new { reason = "x" }),
            ["PUT alert-sinks"] = async () => (await service.CallAsync(
                HttpMethod.Put, Prefix + "alert-sinks", new { items = new[] { new { name = "w", kind = "wecom", url = "http://127.0.0.1:9/send?key=k" } } })).Status,
            ["POST alert-sinks/{name}/test"] = Post("alert-sinks/w/test", new { }),
            ["PUT alert-conditions"] = async () => (await service.CallAsync(HttpMethod.Put, Prefix + "alert-conditions", new { thresholds = Array.Empty<object>() })).Status,
            ["POST tokens"] = Post("tokens", new { name = Person.NewName(), role = "viewer" }),
            ["DELETE tokens/{id}"] = async () => (await service.WithTokenAsync(Service.Token, HttpMethod.Delete, $"/tokens/{token}")).Status,
            ["POST session"] = async () => (await person.SignInAsync()).Status,
            ["PUT session/password"] = async () => (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = Person.Password, newPassword = "another password than it" })).Status,
            ["POST session/totp"] = async () =>
            {
                secret = (await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = "another password than it" })).Json.GetProperty("secret").GetString()!;
                return (await person.CallAsync(HttpMethod.Post, "/session/totp", new { code = Code() })).Status;
            },
            ["DELETE session/totp"] = async () =>
            {
                service.Clock.Advance(TimeSpan.FromSeconds(30));
                return (await person.CallAsync(HttpMethod.Delete, "/session/totp", new { code = Code() })).Status;
            },
            ["DELETE session"] = async () =>
            {
                using var leaver = await Person.NewAsync(service, "viewer");
                return (await leaver.CallAsync(HttpMethod.Delete, "/session")).Status;
            },
        };
    }
}
