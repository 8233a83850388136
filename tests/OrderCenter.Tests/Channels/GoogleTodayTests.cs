using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.ProviderSync;
using OrderCenter.ProviderSync.RefundQuestions;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>Google Play as it is today, through the whole service: purchases of several products, refunds by quantity, refunds from here, questions about refunds,
/// testers.</summary>
public sealed class GoogleTodayTests(Platforms service) : IClassFixture<Platforms>, IAsyncLifetime
{
    private const string Product = "gold_100";
    private const string Second = "sword";
    private GooglePlayServer _google = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (service.Rounds.ExecuteTask?.IsCompleted is not true)
        {
            await service.StopRoundsAsync();
        }
        _google = await GooglePlayServer.StartAsync(service.Clock, Service.GooglePackage);
    }

    public ValueTask DisposeAsync() => _google.DisposeAsync();

    [Theory]
    [InlineData(GoogleShape.Token)]
    [InlineData(GoogleShape.Json)]
    public async Task Each_product_of_a_purchase_pays_an_order_of_its_own_once(GoogleShape shape)
    {
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, MoreProducts = [Second] });
        var (gold, sword, other) = (await NewOrderAsync(game), await NewOrderAsync(game, Second), await NewOrderAsync(game, Second));
        var receipts = new[] { Product, Second }.ToDictionary(product => product, product => service.Google.Purchase(purchase with { ProductId = product }, shape));
        if (shape == GoogleShape.Json)
        {
            receipts[Second] = receipts[Product];
        }
        foreach (var (id, product) in new[] { (gold, Product), (sword, Second), (gold, Product) })
        {
            Assert.Equal(0, (await game.ValidateAsync(id, receipts[product], Now)).ResultCode);
        }
        var answer = await game.ValidateAsync(other, receipts[Second], Now);
        Assert.Equal((3, "the payment was used by another order already"), (answer.ResultCode, answer.Message));

        // Each is consumed with its own delivery.
        Assert.Equal(0, (await game.SendProductAsync(sword, Now)).ResultCode);
        await service.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
        Assert.Equal((false, "sword"), (_google.Sale(purchase.PurchaseToken).IsConsumed, string.Join(',', _google.Sale(purchase.PurchaseToken).MoreConsumed)));

        // The refund of the purchase refunds both, pushed or listed.
        _google.Void(purchase.PurchaseToken);
        await PushAsync(game, _google.VoidedNotice(purchase));
        await service.UntilAsync(gold, "refunded");
        await service.UntilAsync(sword, "refunded");
    }

    [Fact]
    public async Task Listed_refund_of_a_purchase_of_several_products_refunds_each_order()
    {
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, MoreProducts = [Second] });
        var sword = await PaidAsync(game, purchase, Second);
        _google.Void(purchase.PurchaseToken);
        await service.PassAsync(TimeSpan.FromMinutes(31), TimeSpan.FromMinutes(31));
        await service.UntilAsync(sword, "refunded");

        // The other product was given back before it paid anything, and can pay nothing any more.
        var gold = await NewOrderAsync(game);
        Assert.Equal(3, (await game.ValidateAsync(gold, service.Google.Purchase(purchase with { ProductId = Product }, GoogleShape.Token), Now)).ResultCode);
    }

    [Fact]
    public async Task Push_pays_the_order_it_names_and_shows_what_belongs_to_none()
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game);
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Second, MoreProducts = [Product], ObfuscatedProfileId = id });
        await PushAsync(game, _google.PurchaseNotice(purchase));
        await service.UntilAsync(id, "paid");
        Assert.Equal("sword: no order claims this payment; gold_100: the order is paid", (await service.NoticeAsync(game.GameId, "unclaimed")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Push_of_several_products_shows_the_one_that_belongs_to_no_order()
    {
        var game = await NewGameAsync();
        var id = await NewOrderAsync(game);
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, MoreProducts = [Second], ObfuscatedProfileId = id });
        await PushAsync(game, _google.PurchaseNotice(purchase));
        await service.UntilAsync(id, "paid");
        Assert.Equal($"{purchase.PurchaseToken}:{Second}", (await service.NoticeAsync(game.GameId, "unclaimed")).GetProperty("transactionId").GetString());
    }

    [Fact]
    public async Task Purchase_of_which_a_part_went_back_before_it_paid_holds_the_order_and_of_which_all_did_pays_none()
    {
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, Quantity = 3 });
        var receipt = service.Google.Purchase(purchase, GoogleShape.Token);
        _google.VoidPart(purchase.PurchaseToken, 1);
        var held = await NewOrderAsync(game, quantity: 3);
        Assert.Equal(3, (await game.ValidateAsync(held, receipt, Now)).ResultCode);
        Assert.Equal("Google gave 1 of 3 back before it paid this order", (await service.UntilAsync(held, "unpaid", "review")).GetProperty("stateReason").GetString());

        // The store says of the purchase that it is purchased, and of its quantity that nothing of it is left.
        _google.VoidPart(purchase.PurchaseToken, 2);
        var refused = await NewOrderAsync(game, quantity: 3);
        Assert.Equal("the purchase was refunded", (await game.ValidateAsync(refused, receipt, Now)).Message);
        Assert.Equal("created", (await service.OrderAsync(refused)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Pieces_that_only_the_list_tells_of_add_up_to_all_of_it()
    {
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, Quantity = 7 });
        var id = await PaidAsync(game, purchase, Product, quantity: 7);
        for (var piece = 0; piece < 7; piece++)
        {
            _google.VoidPart(purchase.PurchaseToken, 1);
            service.Clock.Advance(TimeSpan.FromSeconds(7));
        }
        await service.PassAsync(TimeSpan.FromMinutes(31), TimeSpan.FromMinutes(31));
        await service.UntilAsync(id, "refunded");
    }

    [Fact]
    public async Task Refund_of_one_product_of_a_purchase_refunds_its_order_and_no_other()
    {
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, MoreProducts = [Second, "shield"] });
        var (gold, sword) = (await PaidAsync(game, purchase, Product), await PaidAsync(game, purchase, Second));
        _google.VoidPart(purchase.PurchaseToken, 1, product: Second);
        _google.VoidPart(purchase.PurchaseToken, 1, product: "shield");
        await PushAsync(game, _google.VoidedNotice(purchase, refundType: 2));
        await service.UntilAsync(sword, "refunded");
        Assert.Equal("paid", (await service.OrderAsync(gold)).GetProperty("payState").GetString());

        // What was given back before it paid anything pays nothing any more.
        var shield = await NewOrderAsync(game, "shield");
        Assert.Equal(3, (await game.ValidateAsync(shield, service.Google.Purchase(purchase with { ProductId = "shield" }, GoogleShape.Token), Now)).ResultCode);
    }

    [Fact]
    public async Task Purchase_that_the_new_method_does_not_know_is_asked_for_by_the_old_one()
    {
        var game = await NewGameAsync();
        await PaidAsync(game, Sell(), Product);
        Assert.Equal(1, _google.Count("get"));
        _google.HasProductsV2 = false;
        await PaidAsync(game, Sell(), Product);
        Assert.Equal(3, _google.Count("get"));
        _google.HasProductsV2 = true;
        var old = await NewGameAsync(settings => settings["productsApi"] = "v1");
        await PaidAsync(old, Sell(), Product);
        Assert.Equal(4, _google.Count("get"));

        foreach (var (field, value) in new[] { ("productsApi", "v3"), ("apiVersion", "v3/.."), ("refundReview", "perhaps") })
        {
            var settings = JsonNode.Parse(_google.Settings())!.AsObject();
            settings[field] = value;
            var app = new { name = "g", protocol = "OrderApi", secret = Platforms.Secret, channels = new { google = settings } };
            var (status, refused) = await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}", app);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(field, refused.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refund_of_a_part_of_the_quantity_is_a_refund_in_part_until_it_is_all(bool isPushed)
    {
        // The list of a page says why the last part went back.
        _google.PageMax = 100;
        var game = await NewGameAsync();
        var purchase = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, Quantity = 3 });
        var id = await PaidAsync(game, purchase, Product, quantity: 3);
        foreach (var sum in new[] { "2", "4" })
        {
            _google.VoidPart(purchase.PurchaseToken, 1, reason: 4, source: 0);
            await TellAsync();
            await Platforms.Eventually(async () => (await service.OrderAsync(id)).TryGetProperty("refundedMoney", out var money) && money.GetString() == sum);
            Assert.Equal("paid", (await service.OrderAsync(id)).GetProperty("payState").GetString());

            // Told again it counts once.
            await TellAsync();
            Assert.Equal(sum, (await service.OrderAsync(id)).GetProperty("refundedMoney").GetString());
        }
        _google.VoidPart(purchase.PurchaseToken, 1, reason: 7, source: 2);
        await TellAsync();
        await service.UntilAsync(id, "refunded");
        if (!isPushed)
        {
            var acts = (await service.OrderAsync(id)).GetProperty("acts").GetRawText();
            Assert.Contains("chargeback, by Google", acts, StringComparison.Ordinal);
        }

        async Task TellAsync()
        {
            if (isPushed)
            {
                await PushAsync(game, _google.VoidedNotice(purchase, refundType: 2));
                await service.DoRoundAsync();
            }
            await service.PassAsync(TimeSpan.FromMinutes(isPushed ? 1 : 31), TimeSpan.FromMinutes(31));
        }
    }

    [Fact]
    public async Task Refund_at_the_store_gives_all_of_it_back_and_is_found_again_where_the_answer_was_lost()
    {
        var game = await NewGameAsync();
        foreach (var fault in new[] { StoreFault.None, StoreFault.LostAnswer })
        {
            var purchase = Sell();
            var id = await PaidAsync(game, purchase, Product);
            _google.Fail("refund", fault);
            var status = HttpStatusCode.BadGateway;
            for (var i = 0; i < 3 && status != HttpStatusCode.OK; i++)
            {
                (status, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "goodwill", atStore = true });
                await service.DoRoundAsync();
            }
            Assert.NotNull(_google.Sale(purchase.PurchaseToken).VoidedMs);
            await service.UntilAsync(id, "refunded");
        }

        // One product of several is not given back alone.
        var several = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, MoreProducts = [Second] });
        var gold = await PaidAsync(game, several, Product);
        var (refused, _) = await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{gold}/refund", new { reason = "goodwill", atStore = true });
        Assert.Equal(HttpStatusCode.Conflict, refused);
        Assert.Null(_google.Sale(several.PurchaseToken).VoidedMs);
    }

    [Fact]
    public async Task Testers_purchase_is_acknowledged_at_once()
    {
        var game = await NewGameAsync(allowSandbox: true);
        var boughtMs = service.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var purchase = _google.Sell(
            new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product, PurchaseTimeMs = boughtMs }, purchaseType: 0);
        await PaidAsync(game, purchase, Product);
        await service.DoRoundAsync();
        Assert.True(_google.Sale(purchase.PurchaseToken) is { IsAcknowledged: true, IsConsumed: false });

        var real = Sell(new() { PackageName = Service.GooglePackage, ProductId = Product, PurchaseTimeMs = boughtMs });
        await PaidAsync(game, real, Product);
        await service.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));
        Assert.False(_google.Sale(real.PurchaseToken).IsAcknowledged);
    }

    [Fact]
    public async Task Question_is_answered_by_the_settings_though_Google_is_down_for_hours()
    {
        var game = await NewGameAsync(settings => settings["refundReview"] = "decline");
        var purchase = Sell();
        var id = await PaidAsync(game, purchase, Product);
        foreach (var (share, status) in new[] { ((object?)null, HttpStatusCode.BadRequest), (-1, HttpStatusCode.BadRequest), (100_001, HttpStatusCode.BadRequest), (7, HttpStatusCode.OK), (45_200, HttpStatusCode.OK) })
        {
            Assert.Equal(status, (await service.CallAsync(HttpMethod.Put, $"/api/v1/orders/{id}/consumption", new { consumedMilliPercent = share })).Status);
        }
        for (var i = 0; i < 2; i++)
        {
            await PushAsync(game, _google.RefundReviewNotice(purchase));
            await service.NoticeAsync(game.GameId, "ignored");
        }
        _google.IsDown = true;
        await AnswerForAsync(TimeSpan.FromHours(5));
        Assert.Empty(_google.RefundReviews);
        _google.IsDown = false;
        _google.Fail("reviewrefund", StoreFault.LostAnswer);
        await AnswerForAsync(TimeSpan.FromHours(1));
        Assert.Equal(
            $$"""{"pendingRefundToken":"refund-of-{{purchase.OrderId}}","sampleContentProvided":false,"refundPreference":"DECLINE","consumptionPercentageMilliunits":45200}""",
            _google.RefundReviews[purchase.OrderId!]);
        var calls = _google.Count("reviewrefund");
        await AnswerForAsync(TimeSpan.FromHours(20));
        Assert.Equal(calls, _google.Count("reviewrefund"));
    }

    [Fact]
    public async Task Question_without_a_setting_is_work_for_a_person_until_its_deadline()
    {
        var game = await NewGameAsync();
        var purchase = Sell();
        var id = await PaidAsync(game, purchase, Product);
        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(id, "decline")).Status);
        await PushAsync(game, _google.RefundReviewNotice(purchase));
        await service.NoticeAsync(game.GameId, "ignored");
        var asked = Assert.Single(await QuestionsAsync(game));
        Assert.Equal(id, asked.GetProperty("orderId").GetString());
        Assert.Equal(service.Clock.GetUtcNow().AddHours(24), asked.GetProperty("deadline").GetDateTimeOffset(), TimeSpan.FromSeconds(10));

        foreach (var body in new object[] { new { preference = "perhaps", reason = "x" }, new { preference = "decline" }, new { preference = "decline", reason = "x", consumedMilliPercent = 100_001 } })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund-answer", body)).Status);
        }
        _google.Fail("reviewrefund", StoreFault.ServerError);
        Assert.Equal(HttpStatusCode.BadGateway, (await AnswerAsync(id, "approve")).Status);
        Assert.Single(await QuestionsAsync(game));
        var (status, order) = await AnswerAsync(id, "approve", consumed: 45_200);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("refund question answered: approve", order.GetProperty("acts").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("\"refundPreference\":\"APPROVE\",\"consumptionPercentageMilliunits\":45200", _google.RefundReviews[purchase.OrderId!], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(id, "decline")).Status);
        await PushAsync(game, _google.RefundReviewNotice(purchase));
        Assert.Empty(await QuestionsAsync(game));

        // Nobody answers: it ends, and is not work any more.
        var late = Sell();
        id = await PaidAsync(game, late, Product);
        await PushAsync(game, _google.RefundReviewNotice(late));
        await Platforms.Eventually(async () => (await QuestionsAsync(game)).Count == 1);
        await AnswerForAsync(TimeSpan.FromHours(25));
        Assert.Empty(await QuestionsAsync(game));
        Assert.Equal(HttpStatusCode.Conflict, (await AnswerAsync(id, "decline")).Status);
        Assert.False(_google.RefundReviews.ContainsKey(late.OrderId!));
    }

    [Fact]
    public async Task Question_that_is_forged_foreign_or_unreadable_is_nobodys_work()
    {
        var game = await NewGameAsync();
        var purchase = Sell();
        await PaidAsync(game, purchase, Product);
        foreach (var forgery in new[] { PushForgery.NoToken, PushForgery.ForeignKey, PushForgery.WrongAudience, PushForgery.AlgNone })
        {
            Assert.Equal(403, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), _google.RefundReviewNotice(purchase), forgery: forgery));
        }
        var neighbour = await NewGameAsync();
        await PushAsync(neighbour, _google.RefundReviewNotice(purchase));
        await service.NoticeAsync(neighbour.GameId, "unclaimed");
        await PushAsync(game, _google.Push($$"""{"packageName":"{{Service.GooglePackage}}","pendingRefundReviewNotification":{"orderId":"..","pendingRefundToken":{} } }"""));
        await service.NoticeAsync(game.GameId, "failed");
        Assert.Empty(await QuestionsAsync(game));
        Assert.Empty(await QuestionsAsync(neighbour));
    }

    private GooglePurchase Sell(GooglePurchase? purchase = null) =>
        _google.Sell(purchase ?? new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product });

    private async Task<OrderApiGame> NewGameAsync(Action<JsonObject>? change = null, bool allowSandbox = false)
    {
        var settings = JsonNode.Parse(_google.Settings(service.Google.PublicKey))!.AsObject();
        change?.Invoke(settings);
        return await service.NewGameAsync(
            new JsonObject { ["allowSandbox"] = allowSandbox, ["channels"] = new JsonObject { ["google"] = settings } }, Platforms.Secret, "OrderApi");
    }

    private async Task<string> NewOrderAsync(OrderApiGame game, string product = Product, int quantity = 1)
    {
        var body = new { gameId = long.Parse(game.GameId), productId = product, quantity, money = "6", currency = "CNY", userId = "player-7", channel = "google" };
        var (status, created) = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", body);
        Assert.Equal(HttpStatusCode.Created, status);
        return created.GetProperty("orderId").GetString()!;
    }

    private async Task<string> PaidAsync(OrderApiGame game, GooglePurchase purchase, string product, int quantity = 1)
    {
        var id = await NewOrderAsync(game, product, quantity);
        var reply = await game.ValidateAsync(id, service.Google.Purchase(purchase with { ProductId = product }, GoogleShape.Token), Now);
        Assert.True(reply.ResultCode == 0, reply.Message);
        return id;
    }

    private async Task PushAsync(OrderApiGame game, string body) =>
        Assert.Equal(200, await _google.PushAsync(service.Http, service.NotifyAt("google", game.GameId), body));

    private Task<(HttpStatusCode Status, JsonElement Json)> AnswerAsync(string id, string preference, int? consumed = null) =>
        service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund-answer", new { preference, reason = "the player agrees", consumedMilliPercent = consumed });

    private async Task<List<JsonElement>> QuestionsAsync(OrderApiGame game)
    {
        service.Clock.Advance(TimeSpan.FromSeconds(3));
        var items = (await service.CallAsync(HttpMethod.Get, $"/api/v1/work?gameId={game.GameId}")).Json.GetProperty("items");
        return [.. items.EnumerateArray().SelectMany(item => item.GetProperty("refundQuestions").EnumerateArray())];
    }

    private async Task AnswerForAsync(TimeSpan time)
    {
        var answers = service.Services.GetRequiredService<RefundAnswers>();
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(15))
        {
            service.Clock.Advance(TimeSpan.FromMinutes(15));
            while (await answers.StepAsync(Now))
            {
            }
        }
    }
}
