using System.Text;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Protocols.CardRecharge;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>protocols.md §4, "Callback": whom it is told, when, the exact bytes, and what acknowledges.</summary>
public sealed class CallbackTests : IDisposable
{
    private readonly Vault _vault = new(new byte[Vault.KeyBytes]);
    private readonly CardRechargeProtocol _protocol;

    public CallbackTests() => _protocol = new CardRechargeProtocol(new CardInventory(null!, _vault, TimeProvider.System));

    private static readonly App App = new()
    {
        GameId = 4001, Name = "n", Protocol = "CardRecharge", CallbackUrl = "https://app.example.com/", Secrets = [new AppSecret(new Secret("abc"), 0, null)],
    };

    public void Dispose() => _vault.Dispose();

    [Fact]
    public void At_most_three_tries_at_once_after_3_min_and_after_5_min()
    {
        var plan = _protocol.Plan(App, NewOrder(Progress.Delivered), CallbackEvents.Result)!;
        Assert.Equal("https://m.example.com/notify", plan.Url);
        Assert.Equal([0, 180_000, 300_000], plan.WaitsMs);
        var own = App with { Callback = new CallbackSettings { RetryMs = [0, 50] } };
        Assert.Equal([0, 50], _protocol.Plan(own, NewOrder(Progress.Failed), CallbackEvents.Result)!.WaitsMs);
    }

    [Theory]
    [InlineData(CallbackEvents.Result, Progress.Created, true)]
    [InlineData(CallbackEvents.Result, Progress.Review, true)]
    [InlineData(CallbackEvents.Result, Progress.Closed, true)]
    [InlineData(CallbackEvents.Result, Progress.Delivered, false)]
    [InlineData(CallbackEvents.Paid, Progress.Created, true)]
    [InlineData(CallbackEvents.Paid, Progress.Delivered, true)]
    [InlineData(CallbackEvents.Refunded, Progress.Delivered, true)]
    [InlineData(CallbackEvents.Closed, Progress.Closed, true)]
    public void Without_a_final_result_and_an_address_of_the_orders_own_nothing_is_told(string @event, Progress progress, bool hasAddress) =>
        Assert.Null(_protocol.Plan(App, NewOrder(progress) with { NotifyUrl = hasAddress ? "https://m.example.com/notify" : null }, @event));

    [Fact]
    public void The_body_is_the_sources_byte_for_byte()
    {
        Assert.Equal(
            """{"orderno":"40011763690000123456","customer_order_no":"订单\"1\"","status":"failed","sign":"SIGN"}""".Replace(
                "SIGN", Merchant.Sign("""{"orderno":"40011763690000123456","customer_order_no":"订单\"1\"","status":"failed"}""", "abc"), StringComparison.Ordinal),
            Text(NewOrder(Progress.Failed), out var holdsSecrets));
        Assert.False(holdsSecrets);

        var order = NewOrder(Progress.Delivered);
        order = order with { Attributes = OrderCards.Seal(_vault, order, [new Card(CardType.LinkAndCoupon, "https://e.example.com/c/1?a=b&c=d", "券+<1>", ""), new Card(CardType.Password, "", "p\u3000w😀", "赠品")]) };
        const string Fields =
            """{"orderno":"40011763690000123456","customer_order_no":"订单\"1\"","card":[{"card_type":4,"card_no":"https://e.example.com/c/1?a=b&c=d","card_password":"券+<1>","card_rect":""},{"card_type":2,"card_no":"","card_password":"p　w😀","card_rect":"赠品"}],"status":"success"}""";
        Assert.Equal(Fields[..^1] + ",\"sign\":\"" + Merchant.Sign(Fields, "abc") + "\"}", Text(order, out holdsSecrets));
        Assert.True(holdsSecrets);
        Assert.DoesNotContain("券", string.Concat(order.Attributes.Values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "success", true)]
    [InlineData(200, "ok", true)]
    [InlineData(200, "OK", true)]
    [InlineData(200, " Success\r\n", true)]
    [InlineData(200, "\t\nsUcCeSs ", true)]
    [InlineData(200, "", false)]
    [InlineData(200, "okay", false)]
    [InlineData(200, "not ok", false)]
    [InlineData(200, "\"success\"", false)]
    [InlineData(200, "fail", false)]
    [InlineData(201, "success", false)]
    [InlineData(204, "", false)]
    [InlineData(302, "ok", false)]
    [InlineData(500, "ok", false)]
    public void Http_200_with_success_or_ok_acknowledges(int httpStatus, string body, bool isAccepted)
    {
        var judged = _protocol.ReadAcknowledgement(httpStatus, Encoding.UTF8.GetBytes(body));
        Assert.Equal(isAccepted, judged.IsAccepted);
        Assert.Equal(isAccepted, judged.Detail is null);
    }

    [Fact]
    public void What_a_receiver_answers_is_not_repeated_because_it_may_be_the_cards()
    {
        var judged = _protocol.ReadAcknowledgement(200, "{\"card_password\":\"secret\"}"u8);
        Assert.DoesNotContain("secret", judged.Detail!, StringComparison.Ordinal);
        Assert.False(_protocol.ReadAcknowledgement(200, [0xff, 0xfe, 0x00]).IsAccepted);
    }

    [Fact]
    public void It_is_CardRecharge_and_an_acknowledgement_changes_no_order()
    {
        Assert.Equal(("CardRecharge", false, false), (_protocol.Name, _protocol.AcknowledgementFulfilsOrder, _protocol.HonoursRetryAfterAndGone));
    }

    private string Text(Order order, out bool holdsSecrets)
    {
        var callback = new Callback { Id = new CallbackId(order.Id, 1), GameId = 4001, Event = CallbackEvents.Result, Url = order.NotifyUrl!, Endpoint = "", WaitsMs = [0], EventMs = 0 };
        var body = _protocol.Encode(App, new OrderRow(order, payment: null), callback, new Secret("abc"));
        holdsSecrets = body.HasSecrets;
        Assert.Equal("application/json", body.ContentType);
        return Encoding.UTF8.GetString(body.Bytes);
    }

    private static Order NewOrder(Progress progress) => new()
    {
        Id = OrderId.FromStore("40011763690000123456"), GameId = 4001, MerchantOrderId = "订单\"1\"", ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "",
        CreatedMs = 0, ExpiresMs = 1, State = new OrderState(PayState.Paid, progress), NotifyUrl = "https://m.example.com/notify",
    };
}
