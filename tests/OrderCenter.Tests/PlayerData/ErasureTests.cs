using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Schema;
using OrderCenter.PlayerData;
using OrderCenter.ProviderSync;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.ChangeFeed;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Live;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.PlayerData;

/// <summary>A service that may call a game on this machine.</summary>
public sealed class PlayerDataService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
}

/// <summary>docs/operating.md, "Player data": what names a player goes, the books stay.</summary>
public sealed partial class ErasureTests(PlayerDataService service) : IClassFixture<PlayerDataService>
{
    private const string Product = "gems.60";

    /// <summary>Nobody listens there.</summary>
    private const string DeadUrl = "http://127.0.0.1:9/callback";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Erasures Erasures => service.Services.GetRequiredService<Erasures>();

    private Database Store => service.Services.GetRequiredService<Database>();

    [Fact]
    public async Task Nothing_in_the_database_names_a_player_whose_data_was_erased_and_the_books_are_as_before()
    {
        var game = await service.NewGameAsync();
        var (player, other) = ("player-" + Guid.NewGuid(), "other-" + Guid.NewGuid());
        var (paid, closed, others) = (await DeliveredAsync(game, player), await NewAsync(game, player), await DeliveredAsync(game, other));
        await service.ActAsync(closed, "close", new { reason = "x" });
        await NotifiedAsync(game, paid, player);
        await service.NumberAsync();
        var feed = await service.DrainAsync(game.GameId);
        var (before, othersBefore) = (await service.OrderAsync(paid), await service.OrderAsync(others));
        Assert.NotEmpty(await NamingAsync(player));

        var erasure = await EraseAsync(game, player);
        Assert.Equal((2, 0, "done"), (erasure.GetProperty("erased").GetInt32(), erasure.GetProperty("waiting").GetInt32(), erasure.GetProperty("state").GetString()));
        Assert.Empty(await NamingAsync(player));

        // The books, and the other player.
        var after = await service.OrderAsync(paid);
        var marker = erasure.GetProperty("marker").GetString()!;
        Assert.StartsWith("erased-", marker, StringComparison.Ordinal);
        Assert.Equal((marker, "{}"), (after.GetProperty("userId").GetString(), after.GetProperty("attributes").GetRawText()));
        Assert.Equal(marker, (await service.OrderAsync(closed)).GetProperty("userId").GetString());
        Assert.NotEqual(JsonValueKind.Undefined, after.GetProperty("erasedAt").ValueKind);
        foreach (var field in new[] { "orderId", "gameId", "merchantOrderId", "productId", "productName", "money", "currency", "payState", "state", "channel", "createdAt", "paidAt", "deliveredAt", "payment", "acts" })
        {
            Assert.Equal(before.GetProperty(field).GetRawText(), after.GetProperty(field).GetRawText());
        }
        Assert.Equal(othersBefore.GetRawText(), (await service.OrderAsync(others)).GetRawText());

        // Games read no change, and the chain of acts is whole.
        await service.NumberAsync();
        Assert.Equal(feed.Items.Select(item => item.GetRawText()), (await service.DrainAsync(game.GameId)).Items.Select(item => item.GetRawText()));
        Assert.True((await service.GetAsync("/audit/verify")).GetProperty("intact").GetBoolean());
        var acts = (await service.GetAsync($"/audit?gameId={game.GameId}&action=player.erase")).GetProperty("items");
        Assert.Equal("asked for by letter", Assert.Single(acts.EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_same_create_and_the_same_receipt_are_answered_as_before()
    {
        var game = await service.NewGameAsync();
        var order = Order(game, "player-" + Guid.NewGuid(), "M" + Guid.NewGuid().ToString("N"));
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        var receipt = service.Google.Purchase(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product });
        Assert.Equal(0, (await game.ValidateAsync(id, receipt, Now)).ResultCode);
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
        var erasure = await EraseAsync(game, order["userID"]);
        Assert.Equal(1, erasure.GetProperty("erased").GetInt32());

        Assert.Equal(id, (await game.CreateAsync(order, Now)).PlatOrderId);
        order["money"] = "7";
        Assert.Equal(3, (await game.CreateAsync(order, Now)).ResultCode);
        Assert.Equal(0, (await game.ValidateAsync(id, receipt, Now)).ResultCode);
        Assert.True((await game.SendProductAsync(id, Now)).IsDuplicate);
        var second = await NewAsync(game, "player-" + Guid.NewGuid());
        Assert.Equal(3, (await game.ValidateAsync(second, receipt, Now)).ResultCode);
    }

    [Fact]
    public async Task What_has_not_ended_keeps_its_data_until_it_has()
    {
        var game = await service.NewGameAsync();
        var player = "player-" + Guid.NewGuid();
        var (open, paid, delivered) = (await NewAsync(game, player), await NewAsync(game, player), await DeliveredAsync(game, player));
        await PayAsync(paid);
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { callbackUrl = DeadUrl });
        var called = await NewAsync(game, player);
        await PayAsync(called);
        Assert.Equal(0, (await game.SendProductAsync(called, Now)).ResultCode);

        var erasure = await EraseAsync(game, player, "waiting");
        Assert.Equal((1, 3), (erasure.GetProperty("erased").GetInt32(), erasure.GetProperty("waiting").GetInt32()));
        Assert.Equal(
            new[] { open, paid, called }.Order(StringComparer.Ordinal), erasure.GetProperty("waitingOrders").EnumerateArray().Select(one => one.GetString()!).Order(StringComparer.Ordinal));
        foreach (var id in new[] { open, paid, called })
        {
            Assert.Equal((player, "Hero " + player), (await UserAsync(id), (await service.OrderAsync(id)).GetProperty("attributes").GetProperty("roleName").GetString()));
        }
        Assert.NotEqual(player, await UserAsync(delivered));

        // Asked again, it is the same erasure.
        var (status, again) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/players/erase", new { userId = player, reason = "again" });
        Assert.Equal((HttpStatusCode.Accepted, erasure.GetProperty("erasureId").GetString()), (status, again.GetProperty("erasureId").GetString()));

        // They end: one is closed, one delivered, and the callback of the third is taken.
        await using var server = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = service.Clock, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { callbackUrl = server.OrderApi });
        await service.ActAsync(open, "close", new { reason = "x" });
        Assert.Equal(0, (await game.SendProductAsync(paid, Now)).ResultCode);
        var callback = (await service.OrderAsync(called)).GetProperty("callbacks")[0].GetProperty("id").GetString();
        await Until.TrueAsync(async () =>
        {
            using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback}/redeliver", new { });
            return response.StatusCode == HttpStatusCode.Accepted;
        });
        foreach (var id in new[] { open, paid, called })
        {
            await Until.TrueAsync(async () => (await service.OrderAsync(id)).GetProperty("callbacks").EnumerateArray().All(one => one.GetProperty("status").GetString() == "delivered"));
        }
        service.Clock.Advance(TimeSpan.FromMinutes(61));
        var done = await UntilAsync(game, erasure.GetProperty("erasureId").GetString()!, "done");
        Assert.Equal((4, 0), (done.GetProperty("erased").GetInt32(), done.GetProperty("waiting").GetInt32()));
        Assert.All(await Task.WhenAll(new[] { open, paid, called }.Select(UserAsync)), user => Assert.Equal(done.GetProperty("marker").GetString(), user));
        Assert.Empty(await NamingAsync(player));

        // Nothing that names nobody is sent again.
        var (refused, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/callbacks/{callback}/redeliver", new { });
        Assert.Equal(HttpStatusCode.Conflict, refused);
    }

    [Fact]
    public async Task A_payment_that_comes_afterwards_waits_for_a_person()
    {
        var game = await service.NewGameAsync(new { callbackUrl = DeadUrl });
        var player = "player-" + Guid.NewGuid();
        var id = await NewAsync(game, player);
        await service.ActAsync(id, "close", new { reason = "x" });

        // A closed order tells its game so; that must have ended.
        await ExecuteAsync("UPDATE callbacks SET status = 5, due_ms = NULL, lease_owner = NULL, finished_ms = 1 WHERE order_id = $1", id);
        await EraseAsync(game, player);
        await PayAsync(id);
        Assert.Equal(("paid", "review"), Native.StateOf(await service.OrderAsync(id)));
    }

    [Fact]
    public async Task Old_orders_lose_their_players_where_the_app_says_so()
    {
        var (keeping, forgetting) = (await service.NewGameAsync(), await service.NewGameAsync(new { keepPlayerDataDays = 30 }));
        var player = "player-" + Guid.NewGuid();
        var (old, kept, open, young) = (
            await DeliveredAsync(forgetting, player), await DeliveredAsync(keeping, player), await NewAsync(forgetting, player), await DeliveredAsync(forgetting, player));
        foreach (var id in new[] { old, kept, open })
        {
            await ExecuteAsync("UPDATE orders SET created_ms = created_ms - $2 WHERE order_id = $1", id, (long)TimeSpan.FromDays(31).TotalMilliseconds);
        }
        var missing = await service.CallAsync(HttpMethod.Get, $"/api/v1/apps/{keeping.GameId}/players/erasures/age");
        while (await Erasures.StepByAgeAsync(Now))
        {
        }
        Assert.Equal((HttpStatusCode.NotFound, Erasures.MarkerOfAge), (missing.Status, await UserAsync(old)));
        Assert.Equal([player, player, player], await Task.WhenAll(new[] { kept, open, young }.Select(UserAsync)));
        var progress = await service.GetAsync($"/apps/{forgetting.GameId}/players/erasures/age");
        Assert.Equal((1, 1, "running"), (progress.GetProperty("erased").GetInt32(), progress.GetProperty("waiting").GetInt32(), progress.GetProperty("state").GetString()));

        // What waited follows when it has ended, and what is old by then.
        await service.ActAsync(open, "close", new { reason = "x" });
        await ExecuteAsync("UPDATE waiting_erasures SET due_ms = 0");
        await ExecuteAsync("UPDATE orders SET created_ms = created_ms - $2 WHERE order_id = $1", young, (long)TimeSpan.FromDays(30.5).TotalMilliseconds);
        await Erasures.StepAsync(Now);
        await Erasures.StepByAgeAsync(Now);
        Assert.Equal([Erasures.MarkerOfAge, Erasures.MarkerOfAge, player], await Task.WhenAll(new[] { open, young, kept }.Select(UserAsync)));
    }

    [Theory]
    [InlineData(29)]
    [InlineData(36_501)]
    public async Task A_time_that_is_too_short_or_too_long_is_refused(int days)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.CallAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, new { keepPlayerDataDays = days });
        Assert.Equal((HttpStatusCode.BadRequest, "keepPlayerDataDays must be 30 to 36500 days"), (status, json.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task An_account_ends_in_the_game_and_loses_its_names_with_its_last_game()
    {
        var (game, second) = (await service.NewH5GameAsync(), await service.NewH5GameAsync());
        var player = await service.NewPlayerAsync(game.GameId, "12.5");
        await service.OpenIdAsync(player.Uid, second.GameId);
        await EraseAsync(game.GameId, player.Uid);
        Assert.Equal(1, await service.NumberAsync("SELECT count(*) FROM users WHERE uid = $1 AND user_name = '测试'", player.Uid));
        Assert.Equal((0, 1), (await OpenIdsAsync(game.GameId), await OpenIdsAsync(second.GameId)));

        await EraseAsync(second.GameId, player.Uid);
        Assert.Equal(1, await service.NumberAsync("SELECT count(*) FROM users WHERE uid = $1 AND user_name = '' AND plat_account LIKE 'erased-%'", player.Uid));
        Assert.Equal((0, "12.5"), (await OpenIdsAsync(second.GameId), await service.BalanceAsync(player.Uid)));

        Task<long> OpenIdsAsync(string gameId) => service.NumberAsync(
            "SELECT count(*) FROM open_ids o JOIN user_open_ids u ON u.open_id = o.open_id WHERE o.uid = $1 AND o.game_id = $2", player.Uid, long.Parse(gameId, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task An_export_holds_what_is_known_of_a_player_and_of_nobody_else()
    {
        var game = await service.NewGameAsync();
        var (player, other) = ("player-" + Guid.NewGuid() + "/\"x", "other-" + Guid.NewGuid());
        var ids = new[] { await DeliveredAsync(game, player), await NewAsync(game, player) };
        await DeliveredAsync(game, other);
        using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/players/export", new { userId = player, reason = "asked for by letter" });
        Assert.Equal((HttpStatusCode.OK, "attachment", true), (response.StatusCode, response.Content.Headers.ContentDisposition?.DispositionType, response.Headers.CacheControl!.NoStore));
        var text = await response.Content.ReadAsStringAsync(Now);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((player, JsonValueKind.Null), (json.GetProperty("userId").GetString(), json.GetProperty("account").ValueKind));
        Assert.Equal(ids.Order(StringComparer.Ordinal), json.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("orderId").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(json.GetProperty("orders").EnumerateArray(), order => Assert.Equal(("Hero " + player, false), (order.GetProperty("attributes").GetProperty("roleName").GetString(), order.TryGetProperty("acts", out _))));
        Assert.DoesNotContain(other, text, StringComparison.Ordinal);
        var acts = (await service.GetAsync($"/audit?gameId={game.GameId}&action=player.export")).GetProperty("items");
        Assert.Equal("asked for by letter", Assert.Single(acts.EnumerateArray()).GetProperty("reason").GetString());
        Assert.DoesNotContain(player, acts.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_a_user_has_his_account()
    {
        var game = await service.NewH5GameAsync();
        var player = await service.NewPlayerAsync(game.GameId, "3");
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/players/export", new { userId = player.Uid, reason = "x" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($$"""{"platAccount":"1800000","userName":"测试","openId":"{{player.OpenId}}","points":"3"}""", json.GetProperty("account").GetRawText());
        Assert.Equal(0, json.GetProperty("orders").GetArrayLength());
    }

    [Theory]
    [InlineData("erase", """{"userId":"","reason":"x"}""", "userId must be 1 to 128 characters")]
    [InlineData("erase", """{"userId":"u"}""", "reason must be 1 to 512 characters")]
    [InlineData("export", """{"reason":"x"}""", "userId must be 1 to 128 characters")]
    [InlineData("export", """{"userId":"u\u0000","reason":"x"}""", "userId must be 1 to 128 characters")]
    [InlineData("export", """{"userId":"u","reason":"x","more":1}""", null)]
    public async Task What_is_not_said_right_is_refused_in_plain_words(string what, string body, string? title)
    {
        var game = await service.NewGameAsync();
        var (status, json) = await service.JsonAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/players/{what}", body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.True(title is null || title == json.GetProperty("title").GetString(), json.GetRawText());
    }

    [Fact]
    public async Task Another_teams_game_is_not_there()
    {
        var (own, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var player = "player-" + Guid.NewGuid();
        var id = await DeliveredAsync(other, player);
        var token = await service.NewTokenAsync("admin", [long.Parse(own.GameId, CultureInfo.InvariantCulture)]);
        var erasure = await EraseAsync(own, player);
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, $"/apps/{other.GameId}/players/erase"), (HttpMethod.Post, $"/apps/{other.GameId}/players/export"), (HttpMethod.Get, $"/apps/{other.GameId}/players/erasures/age"),
            (HttpMethod.Get, $"/apps/{other.GameId}/players/erasures/{erasure.GetProperty("erasureId").GetString()}"),
        })
        {
            var (status, _) = await service.WithTokenAsync(token, method, path, method == HttpMethod.Get ? null : new { userId = player, reason = "x" });
            Assert.Equal(HttpStatusCode.NotFound, status);
        }
        Assert.Equal(player, await UserAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(token, HttpMethod.Get, $"/apps/{own.GameId}/players/erasures/{erasure.GetProperty("erasureId").GetString()}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Get, $"/api/v1/apps/{other.GameId}/players/erasures/{erasure.GetProperty("erasureId").GetString()}")).Status);
    }

    [Fact]
    public async Task Many_orders_are_erased_in_pages()
    {
        var game = await service.NewGameAsync();
        var player = "player-" + Guid.NewGuid();
        var count = (2 * Erasures.PageMax) + 3;
        for (var i = 0; i < count; i++)
        {
            var id = await NewAsync(game, player);
            await ExecuteAsync("UPDATE orders SET progress = 4 WHERE order_id = $1", id);
        }
        Assert.Equal(count, (await EraseAsync(game, player)).GetProperty("erased").GetInt32());
        Assert.Equal(0, await service.NumberAsync("SELECT count(*) FROM orders WHERE user_id = $1", player));
    }

    private const string Secret = "B8899E2039DF87E2";

    private static SortedDictionary<string, string> Order(OrderApiGame game, string player, string? merchantOrderId = null)
    {
        var order = game.NewOrder(Product, "6.5", player, merchantOrderId);
        order["roleID"] = "role of " + player;
        order["roleName"] = "Hero " + player;
        return order;
    }

    private static async Task<string> NewAsync(OrderApiGame game, string player) => (await game.CreateAsync(Order(game, player), Now)).PlatOrderId;

    private async Task PayAsync(string id)
    {
        var (status, json) = await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T" + id, money = "6.5", currency = "CNY" });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
    }

    private async Task<string> DeliveredAsync(OrderApiGame game, string player)
    {
        var id = await NewAsync(game, player);
        await PayAsync(id);
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
        return id;
    }

    /// <summary>A notification about an order, whose body names the player.</summary>
    private async Task NotifiedAsync(OrderApiGame game, string id, string player)
    {
        var raw = new RawNotification(
            new Dictionary<string, string>(StringComparer.Ordinal), Encoding.UTF8.GetBytes(player), service.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var store = service.Services.GetRequiredService<NotificationStore>();
        var stored = (await store.InsertAsync("google", long.Parse(game.GameId, CultureInfo.InvariantCulture), "n" + id, raw, []))!;
        await store.FinishAsync(stored.Notification, NotificationState.Applied, "paid", OrderId.FromStore(id), []);
        Assert.Equal(1, await service.NumberAsync("SELECT count(*) FROM order_notifications WHERE order_id = $1", id));
    }

    private async Task<string> UserAsync(string id) => (await service.OrderAsync(id)).GetProperty("userId").GetString()!;

    private Task<JsonElement> EraseAsync(OrderApiGame game, string player, string until = "done") => EraseAsync(game.GameId, player, until);

    private async Task<JsonElement> EraseAsync(string gameId, string player, string until = "done")
    {
        var (status, json) = await service.CallAsync(
            HttpMethod.Post, $"/api/v1/apps/{gameId}/players/erase", new { userId = player, reason = "asked for by letter" });
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.DoesNotContain(player, json.GetRawText(), StringComparison.Ordinal);
        return await UntilAsync(gameId, json.GetProperty("erasureId").GetString()!, until);
    }

    private Task<JsonElement> UntilAsync(OrderApiGame game, string id, string state) => UntilAsync(game.GameId, id, state);

    private async Task<JsonElement> UntilAsync(string gameId, string id, string state)
    {
        JsonElement json = default;
        await Until.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            json = await service.GetAsync($"/apps/{gameId}/players/erasures/{id}");
            return json.GetProperty("state").GetString() == state;
        });
        return json;
    }

    private Task<int> ExecuteAsync(string sql, params object?[] parameters) => Store.WriteAsync(transaction => transaction.ExecuteAsync(sql, parameters), Now);

    /// <summary>The tables in which a text stands, sealed texts opened.</summary>
    private async Task<List<string>> NamingAsync(string text)
    {
        var found = new List<string>();
        foreach (var table in Migrations.All.SelectMany(migration => migration.Statements).Select(statement => CreatedTable().Match(statement)).Where(match => match.Success).Select(match => match.Groups["name"].Value))
        {
            var rows = await Store.SearchAsync(
                transaction => transaction.QueryAsync(
                    $"SELECT * FROM {table}",
                    row => string.Join('\n', Enumerable.Range(0, row.FieldCount).Select(column => Convert.ToString(row.GetValue(column), CultureInfo.InvariantCulture)))),
                Now);
            found.AddRange(rows.Where(row => row.Contains(text, StringComparison.Ordinal)).Select(_ => table));
        }
        var vault = service.Services.GetRequiredService<Vault>();
        var notifications = await Store.SearchAsync(transaction => transaction.QueryAsync("SELECT notification_key, sealed FROM notifications", row => (Key: row.GetString(0), Sealed: row.GetString(1))), Now);
        found.AddRange(notifications.Where(one => one.Sealed.Length > 0 && vault.Open(one.Sealed, $"notification {one.Key}").Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal)).Select(_ => "notifications, sealed"));
        return found;
    }

    [GeneratedRegex(@"^\s*CREATE TABLE (IF NOT EXISTS )?(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CreatedTable();
}
