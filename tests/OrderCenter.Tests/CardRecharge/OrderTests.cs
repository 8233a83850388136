using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Callbacks;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>protocols.md §4: ordering, asking, results; every code, idempotency, races, trap 14.</summary>
public sealed class OrderTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_order_waits_and_its_answer_is_signed()
    {
        var merchant = await Merchant.NewAsync(service);
        var asked = merchant.NewOrder("steam-50", 3, customerOrderNo: "订单1");
        var reply = await merchant.OrderAsync(asked);
        Assert.Equal((200, 0, "success"), (reply.HttpStatus, reply.Code, reply.Message));
        Assert.Equal($$"""{"orderno":"{{reply.OrderNo}}","customer_order_no":"订单1","status":"waiting"}""", reply.Result);

        var order = await service.OrderAsync(reply.OrderNo);
        Assert.Equal(("6.5", 3, "订单1", "unpaid", "created", Merchant.NotifyUrl), (
            order.GetProperty("money").GetString(), order.GetProperty("quantity").GetInt32(), order.GetProperty("merchantOrderId").GetString(),
            order.GetProperty("payState").GetString(), order.GetProperty("state").GetString(), order.GetProperty("notifyUrl").GetString()));
        Assert.Equal(reply.Result, (await merchant.QueryAsync(reply.OrderNo)).Result);
        Assert.Equal(reply.Result, (await merchant.QueryAsync(("customer_order_no", "订单1"))).Result);
        Assert.Equal(reply.Result, (await merchant.QueryAsync(("orderno", reply.OrderNo), ("customer_order_no", "订单1"))).Result);
    }

    [Fact]
    public async Task Numbers_may_come_as_texts()
    {
        var merchant = await Merchant.NewAsync(service);
        var texts = merchant.NewOrder("p", 2).ToDictionary(pair => pair.Key, object (pair) => FormattableString.Invariant($"{pair.Value}"));
        var reply = await merchant.OrderAsync(texts);
        Assert.Equal(0, reply.Code);
        texts["money"] = "6.50";
        texts["currency"] = "RMB";
        Assert.Equal(reply.OrderNo, (await merchant.OrderAsync(texts)).OrderNo);
    }

    [Fact]
    public async Task Fifty_of_the_same_at_once_are_one_order_and_other_content_is_4()
    {
        var merchant = await Merchant.NewAsync(service);
        var asked = merchant.NewOrder("p", 2, "13800001115");
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => merchant.OrderAsync(asked)));
        Assert.Single(replies.Select(reply => (reply.Code, reply.Result)).Distinct());
        foreach (var (name, value) in new (string, object)[] { ("productid", "q"), ("quantity", 3), ("charge_account", "13800001199"), ("money", 6.6m), ("currency", "USD") })
        {
            var other = new Dictionary<string, object>(asked, StringComparer.Ordinal) { [name] = value };
            var reply = await merchant.OrderAsync(other);
            Assert.Equal((200, 4, ""), (reply.HttpStatus, reply.Code, reply.Result));
        }
        var same = new Dictionary<string, object>(asked, StringComparer.Ordinal) { ["callback_url"] = "https://other.example.com/" };
        Assert.Equal((0, replies[0].OrderNo), ((await merchant.OrderAsync(same)).Code, (await merchant.OrderAsync(same)).OrderNo));
    }

    [Fact]
    public async Task App_and_sign_are_1_with_one_message_and_nothing_is_signed_for_strangers()
    {
        var merchant = await Merchant.NewAsync(service);
        var disabled = await Merchant.NewAsync(service, new { disabled = true });
        var elsewhere = await Merchant.NewAsync(service, new { allowedIps = new[] { "203.0.113.0/24" } });
        var orderApi = await service.NewGameAsync(secret: Merchant.Secret);
        var order = merchant.NewOrder("p");
        Dictionary<string, object> With(string name, object value) => new(order, StringComparer.Ordinal) { [name] = value };
        var replies = new List<Merchant.Reply>
        {
            await merchant.OrderAsync(order, "another secret"), await merchant.OrderAsync(order, ""), await merchant.OrderAsync(With("gameid", 999_999_999)),
            await merchant.OrderAsync(With("gameid", "")), await merchant.OrderAsync(With("gameid", orderApi.GameId)), await merchant.OrderAsync(With("sign", "")),
            await merchant.OrderAsync(With("sign", 12)), await disabled.OrderAsync(disabled.NewOrder("p")),
            await elsewhere.PostAsync("order", elsewhere.NewOrder("p"), Merchant.Secret, hasHeaders: false),
            await merchant.PostAsync("query", With("sign", new string('0', 32)), ""), await merchant.PostAsync("query", "{}"u8.ToArray()),
        };
        var only = Assert.Single(replies.Distinct());
        Assert.Equal((200, 1, "", ""), (only.HttpStatus, only.Code, only.Result, only.Sign));
    }

    [Theory]
    [InlineData("timestamp", null, 3, "timestamp is missing")]
    [InlineData("timestamp", "", 3, "timestamp is missing")]
    [InlineData("timestamp", "now", 3, "timestamp must be Unix seconds")]
    [InlineData("timestamp", "-1", 3, "timestamp must be Unix seconds")]
    [InlineData("timestamp", "1.5", 3, "timestamp must be Unix seconds")]
    [InlineData("timestamp", "-301s", 2, "timestamp is more than 300 s")]
    [InlineData("timestamp", "+301s", 2, "timestamp is more than 300 s")]
    [InlineData("timestamp", "-300s", 0, "")]
    [InlineData("timestamp", "+300s", 0, "")]
    [InlineData("timestamp", "ms", 2, "timestamp is in milliseconds")]
    [InlineData("customer_order_no", "", 3, "customer_order_no is missing")]
    [InlineData("customer_order_no", "256+", 3, "customer_order_no must be at most 256")]
    [InlineData("customer_order_no", "\0", 3, "customer_order_no must be UTF-8 text without NUL")]
    [InlineData("productid", null, 3, "productid is missing")]
    [InlineData("productid", "256+", 3, "productid must be at most 128")]
    [InlineData("quantity", null, 3, "quantity is missing")]
    [InlineData("quantity", "0", 3, "quantity must be 1 to 100")]
    [InlineData("quantity", "101", 3, "quantity must be 1 to 100")]
    [InlineData("quantity", "01", 3, "quantity must be 1 to 100")]
    [InlineData("quantity", "1.0", 3, "quantity must be 1 to 100")]
    [InlineData("quantity", "-1", 3, "quantity must be 1 to 100")]
    [InlineData("quantity", "100", 0, "")]
    [InlineData("charge_account", null, 0, "")]
    [InlineData("charge_account", "256+", 3, "charge_account must be at most 128")]
    [InlineData("money", null, 3, "money is missing")]
    [InlineData("money", "0", 3, "money must be greater than 0")]
    [InlineData("money", "1e2", 3, "money must be greater than 0")]
    [InlineData("money", "0.00001", 3, "money must be greater than 0")]
    [InlineData("currency", "元", 3, "currency must be 3 to 8 letters")]
    [InlineData("callback_url", "ftp://x", 3, "callback_url must be an absolute http")]
    [InlineData("callback_url", "//x", 3, "callback_url must be an absolute http")]
    [InlineData("callback_url", "http://u:p@x/", 3, "callback_url must be an absolute http")]
    [InlineData("callback_url", "", 0, "")]
    [InlineData("callback_url", null, 0, "")]
    public async Task A_field_is_judged_after_the_sign_and_named(string name, string? value, int code, string message)
    {
        var merchant = await Merchant.NewAsync(service);
        var order = merchant.NewOrder("p");
        var now = service.Clock.GetUtcNow();
        order.Remove(name);
        if (value is not null)
        {
            order[name] = value switch
            {
                "ms" => now.ToUnixTimeMilliseconds(),
                "256+" => string.Concat(Enumerable.Repeat("中", 257)),
                _ when value.EndsWith("0s", StringComparison.Ordinal) || value.EndsWith("1s", StringComparison.Ordinal) => now.ToUnixTimeSeconds() + long.Parse(value[..^1]),
                _ => value,
            };
        }
        var reply = await merchant.OrderAsync(order);
        Assert.Equal((200, code), (reply.HttpStatus, reply.Code));
        Assert.StartsWith(message, reply.Message, StringComparison.Ordinal);
        if (code != 0)
        {
            // A refusal's sign is that of its empty result.
            Assert.Equal(("", Merchant.Sign("", Merchant.Secret)), (reply.Result, reply.Sign));
        }
    }

    [Fact]
    public async Task What_is_not_there_or_anothers_is_5()
    {
        var merchant = await Merchant.NewAsync(service);
        var stranger = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("p");
        Assert.Equal(5, (await stranger.QueryAsync(id)).Code);
        Assert.Equal(5, (await merchant.QueryAsync("12345678901234567890")).Code);
        Assert.Equal(5, (await merchant.QueryAsync("x")).Code);
        Assert.Equal(5, (await merchant.QueryAsync(("customer_order_no", "x"))).Code);
        Assert.Equal(5, (await merchant.QueryAsync(("orderno", id), ("customer_order_no", "x"))).Code);
        Assert.Equal((3, "orderno or customer_order_no must be given"), ((await merchant.QueryAsync()).Code, (await merchant.QueryAsync()).Message));
    }

    [Fact]
    public async Task A_direct_recharge_needs_no_payment_and_gets_its_result_once()
    {
        var merchant = await Merchant.NewAsync(service);
        foreach (var (status, state) in new[] { ("success", "delivered"), ("failed", "failed") })
        {
            var id = await merchant.OrderedAsync("mobile-50", account: "13800001115");
            Assert.Empty(await merchant.CallbacksAsync(id));
            var (code, order) = await merchant.ResultAsync(id, status);
            Assert.Equal((200, "unpaid", state), (code, order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
            Assert.Equal(status, (await merchant.QueryAsync(id)).Status);

            var callback = Assert.Single(await merchant.CallbacksAsync(id));
            Assert.Equal((CallbackEvents.Result, Merchant.NotifyUrl, service.Clock.GetUtcNow().ToUnixTimeMilliseconds()), (callback.Event, callback.Url, callback.EventMs));
            Assert.Equal([0, 180_000, 300_000], callback.WaitsMs);

            var act = Assert.Single((await service.OrderAsync(id)).GetProperty("acts").EnumerateArray().ToList());
            Assert.Equal(("upstream", "result", "unpaid/created", "unpaid/" + state), (
                act.GetProperty("actor").GetString(), act.GetProperty("action").GetString(), act.GetProperty("from").GetString(), act.GetProperty("to").GetString()));

            Assert.Equal(200, (await merchant.ResultAsync(id, status)).Status);
            Assert.Equal(409, (await merchant.ResultAsync(id, status == "success" ? "failed" : "success")).Status);
            Assert.Single(await merchant.CallbacksAsync(id));
            Assert.Single((await service.OrderAsync(id)).GetProperty("acts").EnumerateArray());
        }
    }

    [Fact]
    public async Task A_payment_after_the_result_moves_the_money_alone()
    {
        var merchant = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("mobile-50", account: "13800001115");
        await merchant.ResultAsync(id, "success");
        await merchant.PayAsync(id);
        var order = await service.OrderAsync(id);
        Assert.Equal(("paid", "delivered"), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString()));
        Assert.Single(await merchant.CallbacksAsync(id));
    }

    [Fact]
    public async Task A_paid_direct_recharge_still_waits_for_its_result_and_takes_no_cards()
    {
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("mixed", [merchant.NewCard("mixed")]);
        var id = await merchant.OrderedAsync("mixed", account: "13800001115");
        await merchant.PayAsync(id);
        Assert.Equal("waiting", (await merchant.QueryAsync(id)).Status);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("mixed"));
        await merchant.ResultAsync(id, "failed");
        Assert.Equal("failed", (await merchant.QueryAsync(id)).Status);
    }

    [Fact]
    public async Task An_order_without_an_address_of_its_own_is_told_to_nobody()
    {
        var merchant = await Merchant.NewAsync(service, new { callbackUrl = Merchant.NotifyUrl });
        var id = await merchant.OrderedAsync("mobile-50", account: "1", notifyUrl: null);
        await merchant.ResultAsync(id, "success");
        Assert.Empty(await merchant.CallbacksAsync(id));
    }

    [Fact]
    public async Task Of_opposite_results_at_once_one_is_the_result_and_one_callback_tells_it()
    {
        var merchant = await Merchant.NewAsync(service);
        for (var round = 0; round < 10; round++)
        {
            var id = await merchant.OrderedAsync("mobile-50", account: "1");
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => merchant.ResultAsync(id, i % 2 == 0 ? "success" : "failed")));
            Assert.Equal((5, 5), (answers.Count(answer => answer.Status == 200), answers.Count(answer => answer.Status == 409)));
            Assert.Single(await merchant.CallbacksAsync(id));
            Assert.Single((await service.OrderAsync(id)).GetProperty("acts").EnumerateArray());
        }
    }

    [Fact]
    public async Task A_result_is_refused_where_none_can_be()
    {
        var merchant = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("mobile-50", account: "1");
        Assert.Equal(400, (await merchant.ResultAsync(id, "waiting")).Status);
        Assert.Equal(400, (await merchant.ResultAsync(id, "failed", [merchant.NewCard("x")])).Status);
        Assert.Equal(400, (await merchant.ResultAsync(id, "success", [new { cardType = 2, cardNo = "not empty", cardPassword = "p" }])).Status);
        Assert.Equal(404, (await merchant.ResultAsync("12345678901234567890", "success")).Status);
        Assert.Equal(404, (await merchant.ResultAsync("x", "success")).Status);
        var game = await service.NewGameAsync();
        var elsewhere = (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).PlatOrderId;
        Assert.Equal(409, (await merchant.ResultAsync(elsewhere, "success")).Status);
        using (await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{id}/close", new { reason = "a mistake" }))
        {
            Assert.Equal(409, (await merchant.ResultAsync(id, "success")).Status);
        }
        Assert.Empty(await merchant.CallbacksAsync(id));
    }

    [Fact]
    public async Task A_queued_callback_is_encoded_from_what_the_store_holds()
    {
        var merchant = await Merchant.NewAsync(service, new { cardSignature = "string", callback = new { retrySeconds = new[] { 1.5, 2 } } });
        var id = await merchant.OrderedAsync("gift");
        await merchant.ResultAsync(id, "success", [new { cardType = 3, cardNo = "https://e.example.com/c/1?a=b", cardPassword = "", cardRect = "赠" }]);
        var store = service.Services.GetRequiredService<Database>();
        var row = (await store.ReadAsync(transaction => OrderTable.FindAsync(transaction, OrderId.FromStore(id)), Now))!;
        var callback = Assert.Single(await merchant.CallbacksAsync(id));
        Assert.Equal([1500, 2000], callback.WaitsMs);
        var app = service.Services.GetRequiredService<OrderCenter.Apps.AppCatalog>().Find(row.Order.GameId)!;
        var protocol = service.Services.GetServices<ICallbackProtocol>().Single(protocol => protocol.Name == "CardRecharge");
        var body = protocol.Encode(app, row, callback, app.SigningSecret(0)!);
        const string Cards = """[{"card_type":3,"card_no":"https://e.example.com/c/1?a=b","card_password":"","card_rect":"赠"}]""";
        var head = $$"""{"orderno":"{{id}}","customer_order_no":"{{row.Order.MerchantOrderId}}","card":""";
        var sign = Merchant.Sign($"{head}\"{Cards.Replace("\"", "\\\"", StringComparison.Ordinal)}\",\"status\":\"success\"}}", Merchant.Secret);
        Assert.Equal($"{head}{Cards},\"status\":\"success\",\"sign\":\"{sign}\"}}", System.Text.Encoding.UTF8.GetString(body.Bytes));
        Assert.True(body.HasSecrets);
    }

    [Fact]
    public async Task A_message_whose_characters_changed_places_verifies_and_does_nothing_by_itself()
    {
        // Trap 14. What was signed for …115 verifies for …151. Whoever may call has a sign of his own; one that placed an order belongs to it.
        var merchant = await Merchant.NewAsync(service);
        await merchant.ImportAsync("p", [merchant.NewCard("trap14")]);
        var order = merchant.NewOrder("p", account: "13800000115", customerOrderNo: "C-115");
        var first = await merchant.OrderAsync(order);
        var sign = Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret);
        Dictionary<string, object> With(params (string Name, object Value)[] changed)
        {
            var other = new Dictionary<string, object>(order, StringComparer.Ordinal) { ["sign"] = sign };
            foreach (var (name, value) in changed)
            {
                other[name] = value;
            }
            return other;
        }
        var refused = new[]
        {
            await merchant.PostAsync("order", With(("charge_account", "13800000151")), ""), await merchant.PostAsync("order", With(("customer_order_no", "C-151")), ""),
            await merchant.PostAsync("order", With(("charge_account", "13800000151"), ("sign", sign.ToUpperInvariant())), ""),
            await merchant.PostAsync("order", With(("charge_account", "1380000015"), ("quantity", 11)), ""),
        };
        Assert.All(refused, reply => Assert.Equal((200, 1, "", ""), (reply.HttpStatus, reply.Code, reply.Result, reply.Sign)));
        Assert.Equal((0, first.OrderNo), ((await merchant.PostAsync("order", With(), "")).Code, (await merchant.PostAsync("order", With(), "")).OrderNo));
        Assert.Equal(5, (await merchant.QueryAsync(("customer_order_no", "C-151"))).Code);
        Assert.Equal((1, 0, 0), await merchant.StockAsync("p"));
    }

    [Fact]
    public async Task Another_protocols_endpoints_do_not_serve_its_apps()
    {
        var merchant = await Merchant.NewAsync(service);
        var game = new OrderCenter.Simulator.Games.OrderApiGame(service.Http, merchant.GameId, Merchant.Secret, service.Clock);
        Assert.Equal(1, (await game.CreateAsync(game.NewOrder("p", "1", "u"), Now)).ResultCode);
    }
}
