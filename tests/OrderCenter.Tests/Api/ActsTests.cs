using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": paid, close, refund, release; who and why is kept.</summary>
public sealed class ActsTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task An_operator_says_that_an_order_is_paid_and_again_changes_nothing()
    {
        var id = await NewAsync();
        var transaction = "T-" + id;
        var body = new { channel = "bank transfer", transactionId = transaction, money = "6.50", currency = "RMB", reason = "seen on the account" };
        var (status, paid) = await service.ActAsync(id, "paid", body, ("X-Actor", "mei"));
        Assert.Equal((HttpStatusCode.OK, ("paid", "created")), (status, Native.StateOf(paid)));
        Assert.Equal(("bank transfer", transaction, "6.5", "RMB"), (Text(paid, "payment", "channel"), Text(paid, "payment", "transactionId"), Text(paid, "payment", "money"), Text(paid, "payment", "currency")));
        Assert.Equal(service.Clock.GetUtcNow(), paid.GetProperty("paidAt").GetDateTimeOffset());
        AssertAct(paid, 0, "mei", "paid", "seen on the account", "unpaid/created", "paid/created");

        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var (again, repeated) = await service.ActAsync(id, "paid", body, ("X-Actor", "other"));
        Assert.Equal((HttpStatusCode.OK, paid.GetRawText()), (again, repeated.GetRawText()));
    }

    /// <summary>The unit goes on with the order as the request read it; where it has moved since, the payment and its act are those of the order as it is.</summary>
    [Fact]
    public async Task An_order_that_moved_since_the_request_read_it_is_paid_from_where_it_is()
    {
        var id = await NewAsync();
        var actions = service.Services.GetRequiredService<ManualActions>();
        var read = (await service.Services.GetRequiredService<OrderQueries>().FindAsync(OrderId.FromStore(id), CancellationToken.None))!.Order;
        var app = service.Services.GetRequiredService<AppCatalog>().Find(read.GameId)!;
        await StateAfterAsync(id, "close", new { reason = "player left" });
        var payment = new Payment { Channel = "bank", Environment = Payment.Production, TransactionId = "late-" + id };
        Task<PaymentOutcome> PayAsync() => actions.MarkPaidAsync(app, read.Id, payment, new AuditContext("mei", "seen on the account"), CancellationToken.None, read);
        Assert.IsType<PaymentOutcome.Paid>(await PayAsync());
        Assert.IsType<PaymentOutcome.AlreadyPaid>(await PayAsync());
        var shown = await service.OrderAsync(id);
        Assert.Equal(("paid", "created"), Native.StateOf(shown));
        Assert.Equal(2, shown.GetProperty("acts").GetArrayLength());
        AssertAct(shown, 1, "mei", "paid", "seen on the account", "unpaid/closed", "paid/created");
    }

    [Fact]
    public async Task Closing_refunding_and_closing_again_are_idempotent_and_keep_who_and_why()
    {
        var closed = await NewAsync();
        Assert.Equal((HttpStatusCode.OK, ("unpaid", "closed")), await StateAfterAsync(closed, "close", new { reason = "player left" }));
        Assert.Equal((HttpStatusCode.OK, ("unpaid", "closed")), await StateAfterAsync(closed, "close", new { reason = "again" }));
        var shown = await service.OrderAsync(closed);
        Assert.Equal("player left", shown.GetProperty("stateReason").GetString());
        Assert.Equal(1, shown.GetProperty("acts").GetArrayLength());
        AssertAct(shown, 0, "admin", "close", "player left", "unpaid/created", "unpaid/closed");

        var refunded = await PaidAsync();
        Assert.Equal((HttpStatusCode.OK, ("refunded", "closed")), await StateAfterAsync(refunded, "refund", new { reason = "chargeback" }));
        Assert.Equal((HttpStatusCode.OK, ("refunded", "closed")), await StateAfterAsync(refunded, "refund", new { reason = "again" }));
        AssertAct(await service.OrderAsync(refunded), 1, "admin", "refund", "chargeback", "paid/created", "refunded/closed");
    }

    [Theory]
    [InlineData("unpaid", "refund")]
    [InlineData("unpaid", "release")]
    [InlineData("paid", "close")]
    [InlineData("paid", "release")]
    [InlineData("closed", "refund")]
    [InlineData("closed", "release")]
    [InlineData("refunded", "close")]
    [InlineData("refunded", "release")]
    [InlineData("refunded", "paid")]
    [InlineData("paid", "paid")]
    [InlineData("held", "refund")]
    public async Task What_the_state_does_not_allow_is_a_409_and_changes_nothing(string state, string act)
    {
        var id = await InAsync(state);
        var before = (await service.OrderAsync(id)).GetProperty("acts").GetArrayLength();
        var stateBefore = Native.StateOf(await service.OrderAsync(id));
        using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{id}/{act}", act == "paid" ? new { channel = "bank", transactionId = "another-" + id } : new { reason = "x" });
        await Native.AssertProblemAsync(response, HttpStatusCode.Conflict);
        var after = await service.OrderAsync(id);
        Assert.Equal((stateBefore, before), (Native.StateOf(after), after.GetProperty("acts").GetArrayLength()));
    }

    [Theory]
    [InlineData("\"7\"", "\"CNY\"")]
    [InlineData("\"6.5\"", "\"USD\"")]
    [InlineData("6.4", "null")]
    public async Task Other_money_or_another_currency_holds_the_order_for_review(string money, string currency)
    {
        var id = await NewAsync();
        var (status, json) = await service.JsonAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", $$"""{"channel":"bank","transactionId":"H-{{id}}","money":{{money}},"currency":{{currency}},"reason":"as the bank says"}""", ("X-Actor", "mei"));
        Assert.True(status == HttpStatusCode.Conflict, json.GetRawText());
        var held = await service.OrderAsync(id);
        Assert.Equal(("unpaid", "review"), Native.StateOf(held));
        Assert.Equal("H-" + id, held.GetProperty("unappliedPayments")[0].GetProperty("payment").GetProperty("transactionId").GetString());

        // The payment stays claimable by the order that it belongs to.
        var owner = await NewAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(owner, "paid", new { channel = "bank", transactionId = "H-" + id })).Status);
    }

    [Fact]
    public async Task An_act_that_holds_an_order_keeps_who_and_why_too()
    {
        var id = await NewAsync();
        await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "W-" + id, money = "7", reason = "as the bank says" }, ("X-Actor", "mei"));
        var held = await service.OrderAsync(id);
        Assert.Equal(("unpaid", "review"), Native.StateOf(held));
        Assert.Equal(1, held.GetProperty("acts").GetArrayLength());
        var act = held.GetProperty("acts")[0];
        Assert.Equal(("mei", "unpaid/created", "unpaid/review"), (act.GetProperty("actor").GetString(), act.GetProperty("from").GetString(), act.GetProperty("to").GetString()));
        Assert.StartsWith("as the bank says", act.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_released_order_is_no_longer_held_and_says_so()
    {
        var id = await InAsync("held");
        Assert.Equal((HttpStatusCode.OK, ("unpaid", "created")), await StateAfterAsync(id, "release", new { reason = "looked at it" }));
        var released = await service.OrderAsync(id);
        AssertAct(released, released.GetProperty("acts").GetArrayLength() - 1, "admin", "release", "looked at it", "unpaid/review", "unpaid/created");
        // stateReason: why the order is held or was closed; null otherwise.
        Assert.Equal(JsonValueKind.Null, released.GetProperty("stateReason").ValueKind);
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "right-" + id })).Status);
    }

    [Fact]
    public async Task A_held_order_can_be_closed()
    {
        var id = await InAsync("held");
        Assert.Equal((HttpStatusCode.OK, ("unpaid", "closed")), await StateAfterAsync(id, "close", new { reason = "fraud" }));
    }

    [Fact]
    public async Task A_late_payment_by_hand_answers_the_same_the_second_time()
    {
        var game = await service.NewGameAsync(new { latePayment = "hold" });
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "close", new { reason = "x" });
        var body = new { channel = "bank", transactionId = "L-" + id };
        var (first, shown) = await service.ActAsync(id, "paid", body);
        var (second, _) = await service.ActAsync(id, "paid", body);
        Assert.Equal(("paid", "review"), Native.StateOf(await service.OrderAsync(id)));
        Assert.True(first == second, $"{first} {shown.GetRawText()}, then {second}");
    }

    [Fact]
    public async Task A_second_payment_with_other_money_does_not_say_that_a_paid_order_is_held()
    {
        var id = await PaidAsync();
        using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", new { channel = "bank", transactionId = "extra-" + id, money = "7" });
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.Conflict);
        Assert.Equal(("paid", "created"), Native.StateOf(await service.OrderAsync(id)));
        Assert.Equal(1, (await service.OrderAsync(id)).GetProperty("unappliedPayments").GetArrayLength());
        Assert.DoesNotContain("held for review", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_transaction_pays_one_order_however_many_ask_at_once()
    {
        var game = await service.NewGameAsync();
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            ids.Add(await service.CreateAsync(Native.NewOrder(game.GameId)));
        }
        var answers = await Task.WhenAll(ids.Select(id => service.ActAsync(id, "paid", new { channel = "bank", transactionId = "one-" + game.GameId })));
        Assert.Equal((1, 9), (answers.Count(answer => answer.Status == HttpStatusCode.OK), answers.Count(answer => answer.Status == HttpStatusCode.Conflict)));
        Assert.Equal(1, (await service.GetAsync($"/orders?gameId={game.GameId}&payState=paid")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Acts_at_once_have_one_outcome_and_one_record_each()
    {
        for (var round = 0; round < 5; round++)
        {
            var id = await NewAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 3) switch
            {
                0 => service.ActAsync(id, "paid", new { channel = "bank", transactionId = "race-" + id }),
                1 => service.ActAsync(id, "close", new { reason = "race" }),
                _ => service.ActAsync(id, "refund", new { reason = "race" }),
            }));
            Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
            var order = await service.OrderAsync(id);
            var acts = order.GetProperty("acts").EnumerateArray().ToList();
            Assert.Equal(acts.Count, acts.Select(act => act.GetProperty("action").GetString()).Distinct().Count());
            for (var i = 1; i < acts.Count; i++)
            {
                Assert.Equal(acts[i - 1].GetProperty("to").GetString(), acts[i].GetProperty("from").GetString());
            }
            Assert.Equal(acts[^1].GetProperty("to").GetString(), $"{Native.StateOf(order).Pay}/{Native.StateOf(order).State}");
        }
    }

    [Theory]
    [InlineData("close", "{}")]
    [InlineData("close", """{"reason":""}""")]
    [InlineData("close", """{"reason":null}""")]
    [InlineData("refund", """{"reason":5}""")]
    [InlineData("release", """{"reason":"x","nonsense":1}""")]
    [InlineData("close", """{"reason":"a\u0000"}""")]
    [InlineData("close", "{\"reason\":\"\\ud800\"}")]
    [InlineData("close", "[]")]
    [InlineData("paid", "{}")]
    [InlineData("paid", """{"channel":"","transactionId":"t"}""")]
    [InlineData("paid", """{"channel":"bank"}""")]
    [InlineData("paid", """{"channel":"bank","transactionId":""}""")]
    [InlineData("paid", """{"channel":"a\nb","transactionId":"t"}""")]
    [InlineData("paid", """{"channel":"bank","transactionId":7}""")]
    [InlineData("paid", """{"channel":"bank","transactionId":"t","money":"1e3"}""")]
    [InlineData("paid", """{"channel":"bank","transactionId":"t","money":true}""")]
    [InlineData("paid", "{\"channel\":\"bank\",\"transactionId\":\"t\",\"money\":\"\\ud800\"}")]
    [InlineData("paid", """{"channel":"bank","transactionId":"t","currency":"¥"}""")]
    [InlineData("paid", """{"channel":"bank","transactionId":"t","reason":""}""")]
    public async Task A_malformed_act_is_a_400_and_changes_nothing(string act, string body)
    {
        var id = await NewAsync();
        using var response = await service.RawAsync(HttpMethod.Post, $"/api/v1/orders/{id}/{act}", body);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(id)));
    }

    [Fact]
    public async Task Texts_of_an_act_take_their_bounds()
    {
        var id = await NewAsync();
        foreach (var body in new object[] { new { channel = new string('c', 65), transactionId = "t" }, new { channel = "c", transactionId = new string('t', 257) }, new { channel = "c", transactionId = "t", reason = new string('r', 513) } })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.ActAsync(id, "paid", body)).Status);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await service.ActAsync(id, "close", new { reason = new string('r', 513) })).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(id, "paid", new { channel = new string('c', 64), transactionId = id + new string('t', 256 - id.Length), reason = new string('因', 512) })).Status);
    }

    [Fact]
    public async Task An_act_on_what_is_not_there_is_a_404()
    {
        foreach (var act in new[] { "close", "refund", "release" })
        {
            using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/10011554867699875662/{act}", new { reason = "x" });
            await Native.AssertProblemAsync(response, HttpStatusCode.NotFound);
        }
        using var paid = await service.SendAsync(HttpMethod.Post, "/api/v1/orders/nonsense/paid", new { channel = "bank", transactionId = "t" });
        await Native.AssertProblemAsync(paid, HttpStatusCode.NotFound);
    }

    private static string? Text(JsonElement json, string outer, string inner) => json.GetProperty(outer).GetProperty(inner).GetString();

    private static void AssertAct(JsonElement order, int index, string actor, string action, string reason, string from, string to)
    {
        var act = order.GetProperty("acts")[index];
        Assert.Equal(
            (actor, action, reason, from, to),
            (act.GetProperty("actor").GetString(), act.GetProperty("action").GetString(), act.GetProperty("reason").GetString(), act.GetProperty("from").GetString(), act.GetProperty("to").GetString()));
    }

    private async Task<string> NewAsync() => await service.CreateAsync(Native.NewOrder((await service.NewGameAsync()).GameId));

    private async Task<string> PaidAsync()
    {
        var id = await NewAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id })).Status);
        return id;
    }

    private async Task<string> InAsync(string state)
    {
        var id = state is "paid" or "refunded" ? await PaidAsync() : await NewAsync();
        switch (state)
        {
            case "closed":
                await service.ActAsync(id, "close", new { reason = "x" });
                break;
            case "refunded":
                await service.ActAsync(id, "refund", new { reason = "x" });
                break;
            case "held":
                await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "H-" + id, money = "1" });
                break;
        }
        return id;
    }

    private async Task<(HttpStatusCode Status, (string? Pay, string? State) State)> StateAfterAsync(string id, string act, object body)
    {
        var (status, json) = await service.ActAsync(id, act, body);
        return (status, Native.StateOf(json));
    }
}
