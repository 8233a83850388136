using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>docs/channels/recipes.md: every recipe that ships, over HTTP against a store that signs as its document says.</summary>
public sealed class RecipeTests(Platforms platforms) : IClassFixture<Platforms>, IDisposable
{
    private readonly RecipeStores _stores = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<RecipeStore> Notifying => [RecipeStore.Xiaomi, RecipeStore.Oppo, RecipeStore.Vivo, RecipeStore.Douyin];

    public static TheoryData<RecipeStore, RecipeForgery> Forgeries()
    {
        var all = new TheoryData<RecipeStore, RecipeForgery>();
        foreach (var store in Notifying.Select(row => row.Data))
        {
            foreach (var forgery in Enum.GetValues<RecipeForgery>().Where(forgery => forgery != RecipeForgery.None))
            {
                all.Add(store, forgery);
            }
        }
        return all;
    }

    public void Dispose() => _stores.Dispose();

    [Theory]
    [MemberData(nameof(Notifying))]
    public async Task A_notification_pays_its_order_once_however_often_it_comes(RecipeStore store)
    {
        var game = await NewAppAsync(store);
        var id = await NewOrderAsync(game.GameId, Name(store));
        var payment = _stores.Pay(id, 650);

        var (status, answer) = await NotifyAsync(store, game, payment);
        Assert.Equal(200, status);
        Assert.Equal(Accepted(store), answer);
        var paid = (await platforms.UntilAsync(id, "paid")).GetProperty("payment");
        Assert.Equal(
            (Name(store), payment.Transaction, "6.5", "CNY"),
            (paid.GetProperty("channel").GetString(), paid.GetProperty("transactionId").GetString(), paid.GetProperty("money").GetString(), paid.GetProperty("currency").GetString()));
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));

        Assert.Equal((200, Accepted(store)), await NotifyAsync(store, game, payment));
        Assert.Equal((200, Accepted(store)), await NotifyAsync(store, game, payment with { Extra = "said otherwise the second time" }));
        var notices = (await platforms.NoticesAsync(game.GameId)).ToList();
        Assert.Equal(3, Assert.Single(notices).GetProperty("seen").GetInt32());
        Assert.Single((await platforms.OrderAsync(id)).GetProperty("callbacks").EnumerateArray());
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task A_forgery_is_refused_and_stores_nothing(RecipeStore store, RecipeForgery forgery)
    {
        var game = await NewAppAsync(store);
        var id = await NewOrderAsync(game.GameId);
        var (_, answer) = await NotifyAsync(store, game, _stores.Pay(id, 650), forgery);
        Assert.NotEqual(Accepted(store), answer);
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Theory]
    [InlineData(RecipeStore.Xiaomi)]
    [InlineData(RecipeStore.Vivo)]
    [InlineData(RecipeStore.Douyin)]
    public async Task What_the_store_signed_for_another_app_is_refused(RecipeStore store)
    {
        var game = await NewAppAsync(store);
        var id = await NewOrderAsync(game.GameId);
        var (_, answer) = await NotifyAsync(store, game, _stores.Pay(id, 650) with { App = "2882303700000000" });
        Assert.NotEqual(Accepted(store), answer);
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
    }

    [Theory]
    [MemberData(nameof(Notifying))]
    public async Task Another_amount_is_held_and_the_payment_stays_free(RecipeStore store)
    {
        var game = await NewAppAsync(store);
        var id = await NewOrderAsync(game.GameId);
        await NotifyAsync(store, game, _stores.Pay(id, 1));
        var order = await platforms.UntilAsync(id, "unpaid", "review");
        Assert.Equal("the payment is over 0.01, the order over 6.5", order.GetProperty("stateReason").GetString());
    }

    [Fact]
    public async Task Another_currency_is_held()
    {
        var game = await NewAppAsync(RecipeStore.Douyin);
        var id = await NewOrderAsync(game.GameId);
        await NotifyAsync(RecipeStore.Douyin, game, _stores.Pay(id, 650) with { Currency = "DIAMOND" });
        Assert.Equal("the payment is in DIAMOND, the order in CNY", (await platforms.UntilAsync(id, "unpaid", "review")).GetProperty("stateReason").GetString());
    }

    [Fact]
    public async Task A_payment_pays_no_second_order_and_no_order_of_another_game_or_channel()
    {
        var game = await NewAppAsync(RecipeStore.Xiaomi);
        var (first, second) = (await NewOrderAsync(game.GameId), await NewOrderAsync(game.GameId));
        var payment = _stores.Pay(first, 650);
        await NotifyAsync(RecipeStore.Xiaomi, game, payment);
        await platforms.UntilAsync(first, "paid");
        await NotifyAsync(RecipeStore.Xiaomi, game, payment with { OrderId = second });
        Assert.Equal("the payment was used by another order already", await OutcomeAsync(game.GameId, "unapplied"));
        Assert.Equal("unpaid", (await platforms.OrderAsync(second)).GetProperty("payState").GetString());

        // The same keys in another game: its notifications reach its own orders only.
        var other = await NewAppAsync(RecipeStore.Xiaomi);
        await NotifyAsync(RecipeStore.Xiaomi, other, _stores.Pay(second, 650));
        Assert.Equal($"this app has no order {second}", await OutcomeAsync(other.GameId, "unclaimed"));

        var (wanted, _) = await platforms.NewOrderAsync(game.GameId, "alipay");
        await NotifyAsync(RecipeStore.Xiaomi, game, _stores.Pay(wanted, 650));
        Assert.Equal($"the order is to be paid by alipay, not by xiaomi", await OutcomeAsync(game.GameId, "unclaimed"));
        Assert.Equal("unpaid", (await platforms.OrderAsync(wanted)).GetProperty("payState").GetString());
    }

    [Theory]
    [InlineData(RecipeStore.Xiaomi)]
    [InlineData(RecipeStore.Oppo)]
    [InlineData(RecipeStore.Vivo)]
    public async Task A_state_that_the_recipe_does_not_know_waits_for_a_person(RecipeStore store)
    {
        var game = await NewAppAsync(store);
        var id = await NewOrderAsync(game.GameId);
        Assert.Equal((200, Accepted(store)), await NotifyAsync(store, game, _stores.Pay(id, 650) with { State = "REVERSED" }));
        var notice = await platforms.NoticeAsync(game.GameId, "failed");
        Assert.Equal("the payment is in the state REVERSED", notice.GetProperty("outcome").GetString());
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task A_text_that_another_payment_could_have_too_waits_for_a_person_and_is_stored_once()
    {
        var game = await NewAppAsync(RecipeStore.Xiaomi);
        var id = await NewOrderAsync(game.GameId);
        var payment = _stores.Pay(id, 650) with { Extra = "x&payFee=1" };
        Assert.Equal((200, Accepted(RecipeStore.Xiaomi)), await NotifyAsync(RecipeStore.Xiaomi, game, payment));
        var notice = await platforms.NoticeAsync(game.GameId, "failed");
        Assert.Equal("authentic, but not certain: payFee= stands in the signed text more than once", notice.GetProperty("outcome").GetString());

        // Taken apart in another way it has the same signature, and is the same notification.
        var text = _stores.Notification(RecipeStore.Xiaomi, payment);
        var moved = text.Replace("cpUserInfo=x%26payFee%3D1", "cpUserInfo=x", StringComparison.Ordinal);
        Assert.NotEqual(text, moved);
        using var response = await platforms.Http.GetAsync(new Uri(platforms.NotifyAt("xiaomi", game.GameId) + "?" + moved), Now);
        Assert.Single(await platforms.NoticesAsync(game.GameId));
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
    }

    [Fact]
    public async Task A_purchase_that_the_client_brings_pays_the_order_that_it_names()
    {
        var game = await NewAppAsync(RecipeStore.Huawei);
        var order = game.NewOrder("gem-60", "6.5", "u1");
        order["pay_channel"] = "huawei";
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        var purchase = _stores.Pay(id, 650);
        foreach (var forgery in Enum.GetValues<RecipeForgery>().Where(forgery => forgery is not RecipeForgery.None))
        {
            var refused = await game.ValidateAsync(id, _stores.Notification(RecipeStore.Huawei, purchase, forgery), Now);
            Assert.True(refused.ResultCode != 0, $"{forgery}: {refused.Message}");
        }
        async Task<string> Refused(RecipePayment other) => (await game.ValidateAsync(id, _stores.Notification(RecipeStore.Huawei, other), Now)).Message;
        Assert.Equal("it is for another packageName", await Refused(purchase with { App = "com.example.other" }));
        Assert.Equal("the receipt is for another order", await Refused(purchase with { OrderId = "9" + id[1..] }));
        Assert.Equal("the receipt is of the store's sandbox, which this app does not accept", await Refused(purchase with { IsSandbox = true }));
        Assert.Equal("the payment is in the state 1", await Refused(purchase with { State = "1" }));

        Assert.Equal(0, (await game.ValidateAsync(id, _stores.Notification(RecipeStore.Huawei, purchase), Now)).ResultCode);
        var paid = (await platforms.UntilAsync(id, "paid")).GetProperty("payment");
        Assert.Equal(("huawei", purchase.Transaction), (paid.GetProperty("channel").GetString(), paid.GetProperty("transactionId").GetString()));
    }

    [Fact]
    public async Task The_check_of_an_address_is_answered_only_to_the_store()
    {
        var game = await NewAppAsync(RecipeStore.Douyin);
        async Task<(HttpStatusCode, string)> Get(string query)
        {
            using var response = await platforms.Http.GetAsync(new Uri(platforms.NotifyAt("douyin", game.GameId) + "?" + query), Now);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Now));
        }
        Assert.Equal((HttpStatusCode.OK, "8f3a77"), await Get(_stores.Check("8f3a77")));
        Assert.Equal(HttpStatusCode.BadRequest, (await Get(_stores.Check("8f3a77", isForged: true))).Item1);
        Assert.Equal(HttpStatusCode.BadRequest, (await Get(_stores.Check("<script>"))).Item1);
        Assert.Equal(HttpStatusCode.BadRequest, (await Get("")).Item1);
    }

    [Fact]
    public async Task Who_is_not_described_is_not_there()
    {
        var game = await NewAppAsync(RecipeStore.Xiaomi);
        foreach (var path in new[] { $"/notify/vivo/{game.GameId}", "/notify/xiaomi/999999999", $"/notify/x--/{game.GameId}", "/notify/%2e/1" })
        {
            using var response = await platforms.Http.PostAsync(new Uri(platforms.Http.BaseAddress!, path), new StringContent("a=b"), Now);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
        using var query = await platforms.Http.GetAsync(new Uri(platforms.Http.BaseAddress!, $"/notify/alipay/{game.GameId}?a=b"), Now);
        Assert.Equal(HttpStatusCode.NotFound, query.StatusCode);
    }

    [Fact]
    public async Task An_app_shows_its_recipes_without_their_keys()
    {
        var game = await NewAppAsync(RecipeStore.Xiaomi);
        var (_, app) = await platforms.CallAsync(HttpMethod.Get, "/api/v1/apps/" + game.GameId);
        Assert.Equal("xiaomi", app.GetProperty("channels").GetProperty("xiaomi").GetProperty("recipe").GetString());
        Assert.DoesNotContain(_stores.Key, app.GetRawText(), StringComparison.Ordinal);
        var (_, audit) = await platforms.CallAsync(HttpMethod.Get, $"/api/v1/audit?gameId={game.GameId}");
        Assert.Contains("channels.xiaomi.recipe", audit.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(_stores.Key, audit.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>What became of the one notification in a state.</summary>
    private async Task<string?> OutcomeAsync(string gameId, string state)
    {
        List<JsonElement> found = [];
        await Platforms.Eventually(async () => (found = [.. await platforms.NoticesAsync(gameId, $"&state={state}")]).Count > 0);
        return Assert.Single(found).GetProperty("outcome").GetString();
    }

    private async Task<OrderApiGame> NewAppAsync(RecipeStore store) => await platforms.NewAppAsync(
        new { channels = new Dictionary<string, object>(StringComparer.Ordinal) { [Name(store)] = _stores.Settings(store), ["alipay"] = platforms.Alipay.Settings() } });

    private async Task<string> NewOrderAsync(string gameId, string? channel = null)
    {
        var (status, json) = await platforms.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId, productId = "gem-60", money = "6.5", currency = "CNY", userId = "u1", channel = channel ?? "0" });
        Assert.True(status == HttpStatusCode.Created, json.ToString());
        return json.GetProperty("orderId").GetString()!;
    }

    private Task<(int Status, string Body)> NotifyAsync(RecipeStore store, OrderApiGame game, RecipePayment payment, RecipeForgery forgery = RecipeForgery.None) =>
        _stores.NotifyAsync(store, platforms.NotifyAt(Name(store), game.GameId), payment, forgery, Now);

    private static string Name(RecipeStore store) => store.ToString().ToLowerInvariant();

    internal static string Accepted(RecipeStore store) => store switch
    {
        RecipeStore.Xiaomi => """{"errcode":200}""",
        RecipeStore.Oppo => "result=OK&resultMsg=success",
        RecipeStore.Vivo => "success",
        _ => """{"err_no":0,"err_tips":"success"}""",
    };
}
