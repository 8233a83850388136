using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderCenter.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>protocols.md §4, the last reading: the sign cannot tell two arrangements of the same characters apart, so a caller proves itself otherwise too.</summary>
public sealed class ProofTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_sign_alone_is_1_with_the_message_of_every_1()
    {
        var merchant = await Merchant.NewAsync(service);
        var wrong = await merchant.OrderAsync(merchant.NewOrder("p"), "another secret");
        var bare = await merchant.PostAsync("order", merchant.NewOrder("p", customerOrderNo: "bare"), Merchant.Secret, hasHeaders: false);
        Assert.Equal(wrong, bare);
        Assert.Equal((200, 1, "", ""), (bare.HttpStatus, bare.Code, bare.Result, bare.Sign));
        Assert.Equal(5, (await merchant.QueryAsync(("customer_order_no", "bare"))).Code);

        var id = await merchant.OrderedAsync("p");
        var query = new Dictionary<string, object>(StringComparer.Ordinal) { ["gameid"] = merchant.GameId, ["orderno"] = id, ["timestamp"] = Seconds() };
        Assert.Equal(wrong, await merchant.PostAsync("query", query, Merchant.Secret, hasHeaders: false));
        Assert.Equal(0, (await merchant.PostAsync("query", query, Merchant.Secret)).Code);
    }

    [Fact]
    public async Task An_address_that_the_app_names_needs_no_headers_and_another_one_does()
    {
        var here = await Merchant.NewAsync(service, new { allowedIps = new[] { "127.0.0.1", "::1" } });
        Assert.Equal(0, (await here.PostAsync("order", here.NewOrder("p"), Merchant.Secret, hasHeaders: false)).Code);
        var elsewhere = await Merchant.NewAsync(service, new { allowedIps = new[] { "203.0.113.0/24" } });
        Assert.Equal(1, (await elsewhere.PostAsync("order", elsewhere.NewOrder("p"), Merchant.Secret, hasHeaders: false)).Code);
        Assert.Equal(0, (await elsewhere.OrderAsync(elsewhere.NewOrder("p"))).Code);

        // The legacy sign is checked whichever way the caller proves itself.
        Assert.Equal(1, (await here.PostAsync("order", here.NewOrder("p"), "another secret", hasHeaders: false)).Code);
    }

    public static TheoryData<string> Unproven() =>
    [
        "no id", "no timestamp", "no signature", "id with a full stop", "empty id", "another secret", "another body", "another id", "too old", "too new", "leading zero", "milliseconds",
        "two ids", "version 2", "17 signatures", "not base64", "letters",
    ];

    [Theory]
    [MemberData(nameof(Unproven))]
    public async Task A_webhook_signature_that_is_not_over_this_body_and_this_time_is_1(string what)
    {
        var merchant = await Merchant.NewAsync(service);
        var body = Signed(merchant.NewOrder("p"));
        var good = merchant.Headers(body);
        (string Name, string Value)[] headers = what switch
        {
            "no id" => good[1..],
            "no timestamp" => [good[0], good[2]],
            "no signature" => good[..2],
            "id with a full stop" => merchant.Headers(body, id: "req.1"),
            "empty id" => merchant.Headers(body, id: ""),
            "another secret" => merchant.Headers(body, secret: "another secret of 16"),
            "another body" => merchant.Headers([.. body, (byte)' ']),
            "another id" => [("webhook-id", "req_2"), .. good[1..]],
            "too old" => merchant.Headers(body, -301),
            "too new" => merchant.Headers(body, 301),
            "leading zero" => [good[0], ("webhook-timestamp", "0" + good[1].Value), good[2]],
            "milliseconds" => [good[0], ("webhook-timestamp", good[1].Value + "000"), good[2]],
            "two ids" => [("webhook-id", "req_0"), .. good],
            "version 2" => [.. good[..2], ("webhook-signature", good[2].Value.Replace("v1,", "v2,", StringComparison.Ordinal))],
            "17 signatures" => [.. good[..2], ("webhook-signature", string.Join(' ', Enumerable.Repeat("v1,x", 16).Append(good[2].Value)))],
            "not base64" => [.. good[..2], ("webhook-signature", "v1,***")],
            _ => [good[0], ("webhook-timestamp", "now"), good[2]],
        };
        Assert.Equal((what, 200, 1, ""), (what, (await merchant.PostAsync("order", body, headers)).HttpStatus, (await merchant.PostAsync("order", body, headers)).Code, (await merchant.PostAsync("order", body, headers)).Sign));
        Assert.Equal(0, (await merchant.PostAsync("order", body, good)).Code);
    }

    [Fact]
    public async Task The_windows_edge_and_one_right_signature_among_others_are_taken()
    {
        var merchant = await Merchant.NewAsync(service);
        foreach (var later in new[] { -300, 300 })
        {
            var body = Signed(merchant.NewOrder("p"));
            var headers = merchant.Headers(body, later);
            headers[2].Value = "v1a,other " + merchant.Headers(body, later, "another secret of 16")[2].Value + " " + headers[2].Value;
            Assert.Equal(0, (await merchant.PostAsync("order", body, headers)).Code);
        }
    }

    [Fact]
    public async Task After_a_rotation_the_old_secret_goes_on_proving_for_its_time()
    {
        var merchant = await Merchant.NewAsync(service);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{merchant.GameId}/secrets", new { secret = "a newer secret..", previousValidSeconds = 60 });
        var order = merchant.NewOrder("p");
        order["sign"] = Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret);
        var body = JsonSerializer.SerializeToUtf8Bytes(order);
        Assert.Equal(0, (await merchant.PostAsync("order", body, merchant.Headers(body))).Code);
        service.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, (await merchant.PostAsync("order", body, merchant.Headers(body))).Code);
        Assert.Equal(1, (await merchant.PostAsync("order", body, merchant.Headers(body, secret: "a newer secret.."))).Code);
    }

    [Fact]
    public async Task Unknown_and_repeated_fields_are_3()
    {
        var merchant = await Merchant.NewAsync(service);
        var order = merchant.NewOrder("p");
        order["x"] = "1";
        var unknown = await merchant.OrderAsync(order);
        Assert.Equal((200, 3), (unknown.HttpStatus, unknown.Code));
        Assert.StartsWith("x is not a field of this endpoint", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await merchant.QueryAsync(("orderno", "1"), ("productid", "p"))).Code);
        Assert.Equal(3, (await merchant.QueryAsync(("orderno", "1"), ("Orderno", "2"))).Code);
        Assert.Equal(3, (await merchant.PostAsync("order", Encoding.UTF8.GetBytes("""{"gameid":1,"quantity":1,"quantity":2}"""))).Code);
    }

    [Fact]
    public async Task A_sign_that_placed_an_order_places_no_other_and_asks_for_none()
    {
        var merchant = await Merchant.NewAsync(service);

        // "C-95" for one becomes "C-1" for 95: the same characters, the same sign.
        var order = merchant.NewOrder("p", quantity: 1, customerOrderNo: "C-95");
        var sign = Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret);
        var first = await merchant.OrderAsync(order);
        Assert.Equal(0, first.Code);
        var other = new Dictionary<string, object>(order, StringComparer.Ordinal) { ["customer_order_no"] = "C-1", ["quantity"] = 95 };
        Assert.Equal(sign, Merchant.Sign(JsonSerializer.Serialize(other), Merchant.Secret));
        Assert.Equal(1, (await merchant.OrderAsync(other)).Code);
        Assert.Equal(5, (await merchant.QueryAsync(("customer_order_no", "C-1"))).Code);

        // The message itself, once more and with its fields in another order, is the order.
        Assert.Equal(first.OrderNo, (await merchant.OrderAsync(order)).OrderNo);
        Assert.Equal(first.OrderNo, (await merchant.OrderAsync(order.Reverse().ToDictionary(StringComparer.Ordinal))).OrderNo);
    }

    [Fact]
    public async Task An_order_whose_characters_make_a_question_is_no_question()
    {
        var merchant = await Merchant.NewAsync(service);

        // A question has fewer quotes than an order; backslashes in the order's number take in those that are left.
        var order = merchant.NewOrder("p", notifyUrl: null, customerOrderNo: new string('\\', 8));
        var text = JsonSerializer.Serialize(order);
        var question = $$"""{"gameid":{{merchant.GameId}},"customer_order_no":"","timestamp":{{Seconds()}}}""";
        var left = text.ToList();
        Assert.All(question, character => Assert.True(left.Remove(character), $"'{character}' is not there"));
        var quotes = left.Count(character => character == '"');
        Assert.Equal(quotes, left.Count(character => character == '\\'));
        var number = string.Concat(left.Where(character => character is not ('"' or '\\'))) + string.Concat(Enumerable.Repeat("\\\"", quotes));
        question = question.Replace("\"\"", $"\"{number}\"", StringComparison.Ordinal);
        var sign = Merchant.Sign(text, Merchant.Secret);
        Assert.Equal(sign, Merchant.Sign(question, Merchant.Secret));
        var body = Encoding.UTF8.GetBytes($"{question[..^1]},\"sign\":\"{sign}\"}}");

        Assert.Equal(5, (await merchant.PostAsync("query", body)).Code);
        Assert.Equal(0, (await merchant.OrderAsync(order)).Code);
        Assert.Equal(1, (await merchant.PostAsync("query", body)).Code);
    }

    [Fact]
    public async Task Of_arrangements_of_one_message_at_once_one_places_an_order()
    {
        var merchant = await Merchant.NewAsync(service);
        for (var round = 0; round < 5; round++)
        {
            var orders = Enumerable.Range(0, 9).Select(i => merchant.NewOrder("p", customerOrderNo: $"{round}-{"123456789"[i..]}{"123456789"[..i]}")).ToList();
            Assert.Single(orders.Select(order => Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret)).Distinct());
            var replies = await Task.WhenAll(orders.Concat(orders).Select(order => Task.Run(() => merchant.OrderAsync(order))));
            Assert.Single(replies.Where(reply => reply.Code == 0).Select(reply => reply.OrderNo).Distinct());
            Assert.Equal(16, replies.Count(reply => reply.Code == 1));
        }
        var (_, list) = await service.CallAsync(HttpMethod.Get, $"/api/v1/orders?gameId={merchant.GameId}&limit=100");
        Assert.Equal(5, list.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task The_client_packages_requests_are_accepted()
    {
        var merchant = await Merchant.NewAsync(service);
        async Task<int> CodeAsync(string endpoint, object fields, string secret)
        {
            using var request = CardRechargeRequest.Create(
                new Uri(service.Http.BaseAddress!, "/cardrecharge/" + endpoint), JsonSerializer.SerializeToElement(fields), secret, service.Clock.GetUtcNow());
            using var response = await service.Http.SendAsync(request, Now);
            return (await response.Content.ReadFromJsonAsync<JsonElement>(Now)).GetProperty("code").GetInt32();
        }

        var order = new { gameid = long.Parse(merchant.GameId), customer_order_no = "订单\"/😀", productid = "p", quantity = 1, charge_account = "", money = "6.5", currency = "CNY" };
        Assert.Equal(0, await CodeAsync("order", order, Merchant.Secret));
        Assert.Equal(0, await CodeAsync("query", new { gameid = merchant.GameId, order.customer_order_no }, Merchant.Secret));
        Assert.Equal(1, await CodeAsync("order", order, "another secret of 16"));
    }

    [Fact]
    public async Task Refusals_are_counted_by_protocol_and_cause()
    {
        var merchant = await Merchant.NewAsync(service);
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        await merchant.PostAsync("order", merchant.NewOrder("p"), Merchant.Secret, hasHeaders: false);
        Assert.Equal(1, counted["CardRecharge proof"]);
    }

    private long Seconds() => service.Clock.GetUtcNow().ToUnixTimeSeconds();

    private static byte[] Signed(Dictionary<string, object> order)
    {
        order["sign"] = Merchant.Sign(JsonSerializer.Serialize(order), Merchant.Secret);
        return JsonSerializer.SerializeToUtf8Bytes(order);
    }
}
