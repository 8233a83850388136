using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Cards;

/// <summary>The encrypted inventory: each card is kept once, issued once, and readable nowhere at rest.</summary>
public sealed class InventoryTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_card_that_is_imported_twice_is_kept_once_also_after_it_was_issued()
    {
        var merchant = await Merchant.NewAsync(service);
        var cards = Enumerable.Range(0, 10).Select(i => merchant.NewCard($"twice-{i}")).ToList();
        Assert.Equal((10, 0), await merchant.ImportAsync("p", cards));
        Assert.Equal((1, 11), await merchant.ImportAsync("p", [.. cards, cards[0], merchant.NewCard("new")]));
        Assert.Equal((0, 10), await merchant.ImportAsync("another product", cards));
        var id = await merchant.OrderedAsync("p", 2);
        await merchant.PayAsync(id);
        Assert.Equal((0, 10), await merchant.ImportAsync("p", cards));
        Assert.Equal((9, 0, 0), await merchant.StockAsync("p"));
    }

    [Fact]
    public async Task Fifty_imports_of_the_same_card_at_once_keep_one()
    {
        var merchant = await Merchant.NewAsync(service);
        var counts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => merchant.ImportAsync("p", [merchant.NewCard("once")])));
        Assert.Equal(1, counts.Sum(count => count.Imported));
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
    }

    /// <summary>A node that finds the order delivered by another one gives back what it took itself: the other one's card stays issued.</summary>
    [Fact]
    public async Task A_card_that_was_issued_before_is_not_given_back_by_who_comes_late()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("late-1"), merchant.NewCard("late-2")]);
        var id = await merchant.OrderedAsync("p");
        await merchant.PayAsync(id);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
        var inventory = service.Services.GetRequiredService<CardInventory>();
        await service.Services.GetRequiredService<Database>().WriteAsync(
            async transaction =>
            {
                var order = (await OrderTable.FindAsync(transaction, OrderId.FromStore(id)))!.Order;
                var issued = Assert.IsType<IssueOutcome.Issued>(await inventory.IssueAsync(transaction, order, 5));
                await inventory.ReleaseAsync(transaction, order, issued.Keys);
                return 0;
            },
            Now);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
    }

    [Theory]
    [InlineData(1, "n", "p", null)]
    [InlineData(1, "", "p", "cardNo")]
    [InlineData(1, "n", "", "cardPassword")]
    [InlineData(2, "", "p", null)]
    [InlineData(2, "n", "p", "cardNo")]
    [InlineData(2, "", "", "cardPassword")]
    [InlineData(3, "https://e.example.com/1", "", null)]
    [InlineData(3, "https://e.example.com/1", "p", "cardPassword")]
    [InlineData(3, "n", "", "cardNo")]
    [InlineData(3, "javascript:alert(1)", "", "cardNo")]
    [InlineData(4, "https://e.example.com/1", "coupon", null)]
    [InlineData(4, "https://e.example.com/1", "", "cardPassword")]
    [InlineData(4, "", "coupon", "cardNo")]
    [InlineData(0, "n", "p", "cardType")]
    [InlineData(5, "n", "p", "cardType")]
    [InlineData(1, "n\0", "p", "cardNo")]
    public async Task An_import_refuses_what_contradicts_the_cards_type(int cardType, string cardNo, string cardPassword, string? field)
    {
        var merchant = await Merchant.NewAsync(service);
        var cards = new object[] { merchant.NewCard("good"), new { cardType, cardNo = Own(cardNo), cardPassword = Own(cardPassword), cardRect = "" } };

        // No other row of this theory may have it.
        string Own(string text) => text.Length == 0 ? "" : text + cardType + Service.NewGameId();

        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{merchant.GameId}/cards", new { productId = "p", cards });
        if (field is null)
        {
            Assert.Equal((HttpStatusCode.Created, 2), (status, json.GetProperty("imported").GetInt32()));
            return;
        }
        Assert.Equal((HttpStatusCode.BadRequest, $"cards[1].{field}"), (status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Equal((0, 0, 0), await merchant.StockAsync("p"));
    }

    [Fact]
    public async Task An_import_is_bounded_and_for_apps_that_sell_cards()
    {
        var merchant = await Merchant.NewAsync(service);
        async Task<HttpStatusCode> Import(string gameId, object body) => (await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{gameId}/cards", body)).Status;

        Assert.Equal((1000, 0), await merchant.ImportAsync("p", Enumerable.Range(0, 1000).Select(i => merchant.NewCard($"bulk-{i}"))));
        Assert.Equal(HttpStatusCode.BadRequest, await Import(merchant.GameId, new { productId = "p", cards = Enumerable.Range(0, 1001).Select(i => merchant.NewCard($"more-{i}")) }));
        Assert.Equal(HttpStatusCode.BadRequest, await Import(merchant.GameId, new { productId = "p", cards = Array.Empty<object>() }));
        Assert.Equal(HttpStatusCode.BadRequest, await Import(merchant.GameId, new { productId = "p", cards = new object?[] { null } }));
        Assert.Equal(HttpStatusCode.BadRequest, await Import(merchant.GameId, new { productId = "", cards = new[] { merchant.NewCard("x") } }));
        Assert.Equal(HttpStatusCode.BadRequest, await Import(merchant.GameId, new { productId = "p", cards = new[] { new { cardType = 1, cardNumber = "x" } } }));
        Assert.Equal(HttpStatusCode.NotFound, await Import("999999999", new { productId = "p", cards = new[] { merchant.NewCard("x") } }));
        Assert.Equal(HttpStatusCode.Conflict, await Import((await service.NewGameAsync()).GameId, new { productId = "p", cards = new[] { merchant.NewCard("x") } }));
    }

    [Fact]
    public async Task A_paid_order_gets_its_cards_in_the_payments_own_transaction()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("a"), new { cardType = 2, cardPassword = "券\"<1>" + merchant.GameId }, merchant.NewCard("c")]);
        var id = await merchant.OrderedAsync("p", 2);
        await merchant.PayAsync(id);

        var reply = await merchant.QueryAsync(id);
        Assert.Equal("success", reply.Status);
        Assert.Equal(
            """[{"card_type":1,"card_no":"6222-a","card_password":"pw-a-secret-GAME","card_rect":""},{"card_type":2,"card_no":"","card_password":"券\"<1>GAME","card_rect":""}]""".Replace("GAME", merchant.GameId, StringComparison.Ordinal),
            JsonDocument.Parse(reply.Result).RootElement.GetProperty("card").GetRawText());
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "delivered"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
        Assert.Equal("{}", order.GetProperty("attributes").GetRawText());
        var callback = Assert.Single(await merchant.CallbacksAsync(id));
        Assert.Equal((CallbackEvents.Result, order.GetProperty("deliveredAt").GetDateTimeOffset().ToUnixTimeMilliseconds()), (callback.Event, callback.EventMs));
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
    }

    [Fact]
    public async Task A_thousand_buyers_of_a_hundred_cards()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("rush", Enumerable.Range(0, 100).Select(i => merchant.NewCard($"rush-{i}")));
        var orders = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => merchant.OrderedAsync("rush")));
        await Task.WhenAll(orders.Select(merchant.PayAsync));

        var replies = await Task.WhenAll(orders.Select(id => merchant.QueryAsync(id)));
        Assert.Equal((100, 900), (replies.Count(reply => reply.Status == "success"), replies.Count(reply => reply.Status == "waiting")));
        Assert.Equal((0, 900, 900), await merchant.StockAsync("rush"));
        var waiting = await service.OrderAsync(replies.First(reply => reply.Status == "waiting").OrderNo);
        Assert.Equal(("paid", "created", "waiting for stock"), (
            waiting.GetProperty("payState").GetString(), waiting.GetProperty("state").GetString(), waiting.GetProperty("stateReason").GetString()));

        await merchant.ImportAsync("rush", Enumerable.Range(0, 900).Select(i => merchant.NewCard($"late-{i}")));
        await Merchant.UntilAsync(async () => (await merchant.StockAsync("rush")).WaitingOrders == 0);
        replies = await Task.WhenAll(orders.Select(id => merchant.QueryAsync(id)));
        Assert.All(replies, reply => Assert.Equal("success", reply.Status));
        var issued = replies.Select(reply => Assert.Single(reply.Cards!).GetProperty("card_no").GetString()).ToList();
        Assert.Equal(1000, issued.Distinct().Count());
        Assert.Equal((0, 0, 0), await merchant.StockAsync("rush"));
        foreach (var id in orders)
        {
            Assert.Single(await merchant.CallbacksAsync(id));
        }
    }

    [Fact]
    public async Task Waiting_orders_are_served_oldest_first_all_or_none_and_a_small_one_does_not_overtake()
    {
        var merchant = await Merchant.NewAsync(service);
        var orders = new List<string>();
        await merchant.ImportAsync("p", [merchant.NewCard("1"), merchant.NewCard("2")]);
        foreach (var quantity in new[] { 3, 1, 1 })
        {
            orders.Add(await merchant.OrderedAsync("p", quantity));
            await merchant.PayAsync(orders[^1]);
            service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal((2, 3, 5), await merchant.StockAsync("p"));
        Assert.Equal(["waiting", "waiting", "waiting"], await StatusesAsync());

        await merchant.ImportAsync("p", [merchant.NewCard("3")]);
        await Merchant.UntilAsync(async () => (await merchant.StockAsync("p")).WaitingOrders == 2);
        Assert.Equal(["success", "waiting", "waiting"], await StatusesAsync());
        Assert.Equal(["6222-1", "6222-2", "6222-3"], (await merchant.QueryAsync(orders[0])).Cards!.Select(card => card.GetProperty("card_no").GetString()));

        await merchant.ImportAsync("p", [merchant.NewCard("4")]);
        await Merchant.UntilAsync(async () => (await merchant.StockAsync("p")).WaitingOrders == 1);
        Assert.Equal(["success", "success", "waiting"], await StatusesAsync());

        async Task<IEnumerable<string>> StatusesAsync() => (await Task.WhenAll(orders.Select(id => merchant.QueryAsync(id)))).Select(reply => reply.Status);
    }

    [Fact]
    public async Task Who_was_refunded_or_got_a_result_by_hand_no_longer_stands_in_the_way()
    {
        var merchant = await Merchant.NewAsync(service);
        var orders = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            orders.Add(await merchant.OrderedAsync("p"));
            await merchant.PayAsync(orders[^1]);
            service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        using (var refund = await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{orders[0]}/refund", new { reason = "asked for" }))
        {
            Assert.Equal(HttpStatusCode.OK, refund.StatusCode);
        }
        Assert.Equal(200, (await merchant.ResultAsync(orders[1], "failed")).Status);
        await merchant.ImportAsync("p", [merchant.NewCard("left"), merchant.NewCard("over")]);
        await Merchant.UntilAsync(async () => (await merchant.StockAsync("p")).WaitingOrders == 0);
        Assert.Equal("success", (await merchant.QueryAsync(orders[2])).Status);
        Assert.Equal("failed", (await merchant.QueryAsync(orders[1])).Status);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
        Assert.Single(await merchant.CallbacksAsync(orders[1]));
    }

    [Fact]
    public async Task What_an_import_of_another_process_left_undone_is_found()
    {
        var merchant = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("p");
        await merchant.PayAsync(id);
        // As another node would: the same database, another inventory, so that nobody is told here.
        var store = service.Services.GetRequiredService<Database>();
        var elsewhere = new CardInventory(store, service.Services.GetRequiredService<Vault>(), service.Clock);
        await elsewhere.ImportAsync(new Product(long.Parse(merchant.GameId), "p"), [new Card(CardType.Password, "", "p" + merchant.GameId, "")], Now);
        Assert.Equal("waiting", (await merchant.QueryAsync(id)).Status);
        await Merchant.UntilAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await merchant.QueryAsync(id)).Status == "success";
        });
    }

    [Fact]
    public async Task Payments_and_results_by_hand_at_once_issue_what_they_say_and_lose_no_card()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", Enumerable.Range(0, 20).Select(i => merchant.NewCard($"race-{i}")));
        for (var round = 0; round < 20; round++)
        {
            var id = await merchant.OrderedAsync("p");
            var result = merchant.ResultAsync(id, "success", [merchant.NewCard($"by-hand-{round}")]);
            await Task.WhenAll(merchant.PayAsync(id), result);
            var card = Assert.Single((await merchant.QueryAsync(id)).Cards!).GetProperty("card_no").GetString()!;
            Assert.StartsWith((await result).Status == 200 ? "6222-by-hand-" : "6222-race-", card, StringComparison.Ordinal);
            Assert.Single(await merchant.CallbacksAsync(id));
        }
        var (inStock, _, _) = await merchant.StockAsync("p");
        var issued = await Count("SELECT count(*) FROM cards WHERE game_id = $1 AND order_id IS NOT NULL");
        Assert.Equal(20, issued);
        Assert.Equal(await Count("SELECT count(*) FROM cards WHERE game_id = $1") - 20, inStock);

        async Task<long> Count(string sql) => (await service.Services.GetRequiredService<Database>().ReadAsync(
            transaction => transaction.QueryAsync(sql, row => row.GetInt64(0), long.Parse(merchant.GameId)), Now))[0];
    }

    [Fact]
    public async Task Cards_of_a_result_are_kept_as_issued_and_belong_to_one_order()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("stocked"), merchant.NewCard("other")]);
        var first = await merchant.OrderedAsync("p", 2);
        Assert.Equal(200, (await merchant.ResultAsync(first, "success", [merchant.NewCard("upstream"), merchant.NewCard("stocked")])).Status);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
        Assert.Equal(["6222-upstream", "6222-stocked"], (await merchant.QueryAsync(first)).Cards!.Select(card => card.GetProperty("card_no").GetString()));

        // The same again is an echo; with other cards it is another result.
        Assert.Equal(200, (await merchant.ResultAsync(first, "success", [merchant.NewCard("upstream"), merchant.NewCard("stocked")])).Status);
        Assert.Equal(200, (await merchant.ResultAsync(first, "success")).Status);
        Assert.Equal(409, (await merchant.ResultAsync(first, "success", [merchant.NewCard("upstream")])).Status);

        // A card of another order, or one given twice, is refused, and nothing of that result is kept.
        var second = await merchant.OrderedAsync("p", 2);
        Assert.Equal(409, (await merchant.ResultAsync(second, "success", [merchant.NewCard("other"), merchant.NewCard("upstream")])).Status);
        Assert.Equal(409, (await merchant.ResultAsync(second, "success", [merchant.NewCard("fresh"), merchant.NewCard("fresh")])).Status);
        Assert.Equal("waiting", (await merchant.QueryAsync(second)).Status);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
        Assert.Equal(200, (await merchant.ResultAsync(second, "success", [merchant.NewCard("fresh"), merchant.NewCard("other")])).Status);
        Assert.Equal((0, 0, 0), await merchant.StockAsync("p"));
    }

    [Fact]
    public async Task Reading_an_orders_cards_is_recorded_and_they_are_shown_nowhere_else()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("viewed")]);
        var id = await merchant.OrderedAsync("p");
        await merchant.PayAsync(id);
        foreach (var path in new[] { $"/api/v1/orders/{id}", $"/api/v1/orders?gameId={merchant.GameId}", $"/api/v1/apps/{merchant.GameId}" })
        {
            var (_, json) = await service.CallAsync(HttpMethod.Get, path);
            Assert.DoesNotContain("viewed", json.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("cards_", json.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("v1.", json.GetRawText(), StringComparison.Ordinal);
        }

        using var response = await service.SendAsync(HttpMethod.Get, $"/api/v1/orders/{id}/cards?reason=complaint", headers: ("X-Actor", "li.wei"));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(
            $$"""{"orderId":"{{id}}","cards":[{"cardType":1,"cardNo":"6222-viewed","cardPassword":"pw-viewed-secret-{{merchant.GameId}}","cardRect":""}]}""",
            await response.Content.ReadAsStringAsync(Now));
        var act = (await service.OrderAsync(id)).GetProperty("acts").EnumerateArray().Single(act => act.GetProperty("action").GetString() == "cards viewed");
        Assert.Equal(("li.wei", "complaint"), (act.GetProperty("actor").GetString(), act.GetProperty("reason").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Get, "/api/v1/orders/12345678901234567890/cards")).Status);
        using var stranger = await service.Http.GetAsync(new Uri($"/api/v1/orders/{id}/cards", UriKind.Relative), Now);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task No_card_can_be_read_from_the_files_of_the_database()
    {
        var merchant = await Merchant.NewAsync(service);
        const string Number = "NUMBER-AT-REST-8841", Password = "PASSWORD-AT-REST-8841", Gift = "GIFT-AT-REST-8841", Link = "https://e.example.com/AT-REST-8841";
        var upstream = new object[] { new { cardType = 4, cardNo = Link + "/upstream", cardPassword = Password + "-upstream", cardRect = Gift } };
        await merchant.ImportAsync("p", [new { cardType = 1, cardNo = Number, cardPassword = Password, cardRect = Gift }, new { cardType = 3, cardNo = Link }]);
        var paid = await merchant.OrderedAsync("p");
        await merchant.PayAsync(paid);
        var byHand = await merchant.OrderedAsync("p");
        await merchant.ResultAsync(byHand, "success", upstream);
        Assert.Contains(Number, (await merchant.QueryAsync(paid)).Result, StringComparison.Ordinal);

        var all = StoredBytes.Of(service.Services.GetRequiredService<DatabaseOptions>());
        Assert.True(all.AsSpan().IndexOf(Encoding.UTF8.GetBytes(paid)) >= 0, "the order itself is in the files");
        foreach (var secret in new[] { Number, Password, Gift, "AT-REST" })
        {
            Assert.Equal((secret, -1, -1, -1), (secret, all.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)), all.AsSpan().IndexOf(Encoding.Unicode.GetBytes(secret)),
                all.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))))));
        }
    }

    [Fact]
    public async Task A_card_that_was_altered_or_moved_is_not_issued_and_the_payment_counts()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("one")]);
        var store = service.Services.GetRequiredService<Database>();
        // Moved to another product, a sealed card does not open.
        await store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE cards SET product_id = 'q' WHERE game_id = $1", long.Parse(merchant.GameId)), Now);
        var id = await merchant.OrderedAsync("q");
        await merchant.PayAsync(id);
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "created"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
        Assert.StartsWith("waiting for stock: card", order.GetProperty("stateReason").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 1, 1), await merchant.StockAsync("q"));
    }

    [Fact]
    public async Task A_native_order_for_more_cards_than_are_issued_by_themselves_blocks_nobody()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("only")]);
        var (_, created) = await service.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId = merchant.GameId, productId = "p", money = "1", currency = "CNY", userId = "u", quantity = 101 });
        var large = created.GetProperty("orderId").GetString()!;
        await merchant.PayAsync(large);
        Assert.Contains("by hand", (await service.OrderAsync(large)).GetProperty("stateReason").GetString(), StringComparison.Ordinal);
        var small = await merchant.OrderedAsync("p");
        await merchant.PayAsync(small);
        Assert.Equal("success", (await merchant.QueryAsync(small)).Status);
    }

    [Fact]
    public void A_card_prints_nothing_and_its_digest_tells_nothing_without_the_key()
    {
        var card = new Card(CardType.NumberAndPassword, "number", "password", "gift");
        Assert.Equal("***", $"{card}");
        using var one = new Vault(new byte[Vault.KeyBytes]);
        using var other = new Vault([1, .. new byte[Vault.KeyBytes - 1]]);
        Assert.Equal(one.Digest("text", "place"), one.Digest("text", "place"));
        Assert.Matches("^[0-9a-f]{8}\\.[0-9a-f]{32}$", one.Digest("text", "place"));
        Assert.Equal(4, new HashSet<string> { one.Digest("text", "place"), one.Digest("text", "place2"), one.Digest("2text", "place"), other.Digest("text", "place") }.Count);
    }
}
