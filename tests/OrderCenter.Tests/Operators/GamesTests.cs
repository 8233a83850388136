using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Reconciliation;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>contract.md, "Operators, sessions, tokens": what is beyond a caller's games is not found, in every list and every single read.</summary>
public sealed class GamesTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_searches_and_reads_hold_only_what_is_theirs()
    {
        var (own, other) = (await ThingsAsync(), await ThingsAsync());
        var token = await service.NewTokenAsync("admin", [own.Game]);

        foreach (var list in new[] { "/apps", "/orders", "/callbacks", "/notifications", "/reconciliations", "/audit" })
        {
            var ids = await GamesOfAsync(token, list);
            Assert.True(ids.Count > 0 && ids.All(id => id == own.Game), $"{list}: {string.Join(' ', ids)}");
        }
        foreach (var search in new[] { $"/orders?merchantOrderId={other.Merchant}", $"/orders?transactionId={other.Transaction}" })
        {
            Assert.Empty(await GamesOfAsync(token, search));
            Assert.Single(await GamesOfAsync(Service.Token, search));
        }
        foreach (var list in new[] { "/orders", "/callbacks", "/notifications", "/reconciliations", "/audit", "/changes", "/alerts" })
        {
            var (foreign, nothing) = (await service.WithTokenAsync(token, HttpMethod.Get, $"{list}?gameId={other.Game}"), await service.WithTokenAsync(token, HttpMethod.Get, $"{list}?gameId=9999999999"));
            Assert.Equal((HttpStatusCode.BadRequest, nothing.Json.GetRawText()), (foreign.Status, foreign.Json.GetRawText()));
            Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(token, HttpMethod.Get, $"{list}?gameId={own.Game}")).Status);
        }
        foreach (var (mine, theirs) in own.Names.Zip(other.Names))
        {
            var ids = await GamesOfAsync(token, "/search?q=" + mine);
            Assert.True(ids.Count > 0 && ids.All(id => id == own.Game), mine);
            Assert.Empty(await GamesOfAsync(token, "/search?q=" + theirs));
            Assert.NotEmpty(await GamesOfAsync(Service.Token, "/search?q=" + theirs));
        }
        foreach (var list in new[] { "apps", "orders", "callbacks", "notifications", "reconciliations", "audit" })
        {
            var document = await CsvAsync(token, list);
            Assert.True(document.Count > 1, list);
            var column = document[0].IndexOf("gameId");
            Assert.All(document.Skip(1), row => Assert.Equal($"{own.Game}", row[column]));
        }
        foreach (var (path, theirs) in own.Reads.Zip(other.Reads))
        {
            Assert.True((await service.WithTokenAsync(token, HttpMethod.Get, path)).Status == HttpStatusCode.OK, path);
            var refused = await service.WithTokenAsync(token, HttpMethod.Get, theirs);
            Assert.True(refused.Status == HttpStatusCode.NotFound, $"{theirs}: {refused.Status} {refused.Json}");
        }
    }

    [Fact]
    public async Task Nothing_beyond_is_changed()
    {
        var (own, other) = (await ThingsAsync(), await ThingsAsync());
        var token = await service.NewTokenAsync("admin", [own.Game]);
        var reason = new { reason = "x" };
        foreach (var (path, body) in new (string, object)[]
        {
            ($"/orders/{other.Order}/close", reason), ($"/orders/{other.Order}/release", reason), ($"/orders/{other.Order}/refund", reason), ($"/orders/{other.Order}/recheck", reason),
            ($"/orders/{other.Order}/refund-answer", new { preference = "decline", reason = "x" }),
            ($"/orders/{other.Order}/paid", new { channel = "bank", transactionId = "T", money = "6.5", currency = "CNY" }), ($"/orders/{other.Order}/result", new { status = "failed" }),
            ($"/callbacks/{other.Callback}/redeliver", reason), ($"/notifications/{other.Notification}/replay", reason),
            ($"/reconciliations/{other.Reconciliation}/differences/1/repair", new { action = "ignore", reason = "x" }),
            ($"/apps/{other.Game}/secrets", new { secret = "0123456789abcdef", previousValidSeconds = 0 }), ($"/apps/{other.Game}/cards", new { productId = "p", cards = Array.Empty<object>() }),
            ($"/apps/{other.Game}/sign", new { fields = new { a = "1" } }), ($"/apps/{other.Game}/channels/xiaomi/try", new { sample = "a=b" }), ($"/users/{other.User}/points", new { amount = "1", reason = "x", idempotencyKey = "k" }),
            ($"/users/{other.User}/openids", new { gameId = own.Game }),
        })
        {
            var (status, json) = await service.WithTokenAsync(token, HttpMethod.Post, path, body);
            Assert.True(status == HttpStatusCode.NotFound, $"{path}: {status} {json}");
        }
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Put, $"/apps/{other.Game}", new { name = "mine now" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Put, $"/orders/{other.Order}/consumption", new { consumedMilliPercent = 1 })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Put, "/apps/9999999999", new { name = "a new one", protocol = "OrderApi" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Put, $"/users/{other.User}", new { userName = "x" })).Status);
        foreach (var (path, body) in new (string, object)[] { ("/orders", Native.NewOrder(other.Game.ToString(System.Globalization.CultureInfo.InvariantCulture))), ("/callbacks/redeliver", new { gameId = other.Game }) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Post, path, body)).Status);
        }
        Assert.Equal(("paid", "delivering"), Native.StateOf(await service.OrderAsync(other.Order)));

        // Neither by a repair of their own that names another game's order, nor by a setting that opens the network of the installation.
        var named = await service.WithTokenAsync(token, HttpMethod.Post, $"/reconciliations/{own.Reconciliation}/differences/1/repair", new { action = "ignore", reason = "x", orderId = other.Order });
        Assert.Equal(HttpStatusCode.Conflict, named.Status);
        Assert.DoesNotContain((await service.OrderAsync(other.Order)).GetProperty("acts").EnumerateArray(), act => act.GetProperty("action").GetString() == "difference ignored");
        Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Put, $"/apps/{own.Game}", new { callback = new { allowedNetworks = new[] { "10.0.0.0/8" } } })).Status);

        // Their own is theirs.
        Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(token, HttpMethod.Post, $"/users/{own.User}/points", new { amount = "1", reason = "x", idempotencyKey = "k" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(token, HttpMethod.Put, $"/apps/{own.Game}", new { name = "renamed" })).Status);
    }

    [Fact]
    public async Task A_limited_admin_makes_and_sees_neither_operators_nor_tokens_beyond_his_games()
    {
        var token = await service.NewTokenAsync("admin", [1, 2]);
        foreach (var games in new long[]?[] { null, [3], [1, 3] })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Post, "/operators", new { name = Person.NewName(), role = "viewer", games })).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Post, "/tokens", new { name = Person.NewName(), role = "viewer", games })).Status);
        }
        var (made, mine) = await service.WithTokenAsync(token, HttpMethod.Post, "/operators", new { name = Person.NewName(), role = "admin", games = new[] { 2 } });
        Assert.Equal(HttpStatusCode.Created, made);
        var name = mine.GetProperty("name").GetString()!;
        var (foreign, _) = await Person.MakeAsync(service, "viewer");
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Patch, $"/operators/{foreign}", new { role = "admin" })).Status);
        foreach (var games in new long[]?[] { null, [3] })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.WithTokenAsync(token, HttpMethod.Patch, $"/operators/{name}", new { games })).Status);
        }
        var names = (await service.WithTokenAsync(token, HttpMethod.Get, "/operators?limit=200")).Json.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("name").GetString()).ToList();
        Assert.Contains(name, names);
        Assert.DoesNotContain(foreign, names);
        var other = (await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name = Person.NewName(), role = "viewer" })).Json.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(token, HttpMethod.Delete, $"/tokens/{other}")).Status);
    }

    private async Task<List<long>> GamesOfAsync(string token, string path)
    {
        var (status, json) = await service.WithTokenAsync(token, HttpMethod.Get, path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {json}");
        return [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("gameId").GetInt64())];
    }

    private async Task<List<List<string>>> CsvAsync(string token, string list)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{list}.csv");
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
        using var response = await service.Http.SendAsync(request, Now);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Csv.Read(await response.Content.ReadAsByteArrayAsync(Now));
    }

    /// <summary>A game with one of everything.</summary>
    private async Task<Things> ThingsAsync()
    {
        var ledger = await Ledger.NewAsync(service, new { callbackUrl = "http://127.0.0.1:9/callback" });
        var game = long.Parse(ledger.GameId, System.Globalization.CultureInfo.InvariantCulture);
        var merchant = "m" + ledger.GameId;
        var order = await service.CreateAsync(Native.NewOrder(ledger.GameId, merchant));
        var transaction = Ledger.NewNumber("T");
        var (paid, shown) = await service.ActAsync(order, "paid", new { channel = "bank", transactionId = transaction, money = "6.5", currency = "CNY" });
        Assert.True(paid == HttpStatusCode.OK, shown.GetRawText());
        var callback = shown.GetProperty("callbacks")[0].GetProperty("id").GetString()!;

        var store = service.Services.GetRequiredService<NotificationStore>();
        var raw = new RawNotification(new Dictionary<string, string>(StringComparer.Ordinal), "{}"u8.ToArray(), service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var stored = await store.InsertAsync("google", game, "n1", raw, []);

        var user = "u" + ledger.GameId;
        Assert.Equal(HttpStatusCode.Created, (await service.CallAsync(HttpMethod.Put, $"/api/v1/users/{user}", new { platAccount = user })).Status);
        var (given, openId) = await service.CallAsync(HttpMethod.Post, $"/api/v1/users/{user}/openids", new { gameId = game });
        Assert.Equal(HttpStatusCode.Created, given);
        var (job, started) = await service.CallAsync(HttpMethod.Post, "/api/v1/callbacks/redeliver", new { gameId = game, status = "exhausted" });
        Assert.Equal(HttpStatusCode.Accepted, job);
        var found = await ledger.ReconcileAsync("alipay", ledger.Statement("alipay", [ledger.Sale(Ledger.NewNumber("5"))]));
        Assert.NotNull(stored);
        return new Things(game, order, merchant, transaction, callback, stored.Notification.Key, found.Id, user,
        [
            $"/apps/{game}", $"/apps/{game}/cards?productId=p", $"/orders/{order}", $"/orders/{order}/cards", $"/callbacks/jobs/{started.GetProperty("jobId").GetString()}",
            $"/notifications/{stored.Notification.Key}", $"/reconciliations/{found.Id}", $"/reconciliations/{found.Id}/differences", $"/reconciliations/{found.Id}/differences.csv", $"/users/{user}/points",
            $"/callbacks/{callback}/request",
        ])
        {
            Names = [order, merchant, transaction, callback, stored.Notification.Key, user, openId.GetProperty("openId").GetString()!],
        };
    }

    private sealed record Things(
        long Game, string Order, string Merchant, string Transaction, string Callback, string Notification, string Reconciliation, string User, string[] Reads)
    {
        /// <summary>What the search finds it by.</summary>
        public required string[] Names { get; init; }
    }
}
