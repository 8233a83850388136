using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Games;

namespace OrderCenter.Tests.Channels;

/// <summary>Every channel whose store tells of payments, in the same situations: late, repeated, out of order, of an order that is not its own, by another's key.</summary>
public sealed class ToldChannelTests(Platforms platforms) : IClassFixture<Platforms>, IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(30);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => ["google", "apple", "alipay", "wechat", "wechat-virtual", "xiaomi", "oppo", "vivo", "douyin"];

    public static TheoryData<string> Refunding => ["google", "apple", "alipay", "wechat", "wechat-virtual"];

    public async ValueTask InitializeAsync() => await platforms.StopRoundsAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Told_hours_late_and_twenty_times_at_once_it_pays_once_and_a_refund_stays(string channel)
    {
        await using var store = await ToldStore.StartAsync(channel, platforms, Now);
        var game = await NewAppAsync(channel, store);
        var (id, pay) = await NewOrderAsync(game, channel, store);
        var (bought, target) = (store.Buy(id, pay), platforms.NotifyAt(channel, game.GameId));
        store.SetDown(true);
        await platforms.PassAsync(TimeSpan.FromHours(5), Step);
        Assert.Equal("unpaid", (await platforms.OrderAsync(id)).GetProperty("payState").GetString());
        store.SetDown(false);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bought.PaidAsync(target))), Assert.True);
        await platforms.UntilAsync(id, "paid");
        await Platforms.Eventually(() => Task.FromResult(platforms.Games.Ledger.HandledOf(id, "order.paid") == 1));
        Assert.True(await bought.PaidAsync(target));
        await platforms.DoRoundAsync();
        var order = await platforms.OrderAsync(id);
        Assert.Single(order.GetProperty("callbacks").EnumerateArray());
        Assert.Equal(("paid", channel), (order.GetProperty("payState").GetString(), order.GetProperty("payment").GetProperty("channel").GetString()));
        if (bought.RefundedAsync is not { } refundedAsync)
        {
            return;
        }
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await refundedAsync(target));
            Assert.True(await bought.PaidAsync(target));
        }
        await platforms.UntilAsync(id, "refunded");
        await platforms.DoRoundAsync();
        order = await platforms.OrderAsync(id);
        Assert.Equal("refunded", order.GetProperty("payState").GetString());
        Assert.Single(order.GetProperty("acts").EnumerateArray(), act => act.GetProperty("action").GetString() == "refund");
        Assert.Equal(1, platforms.Games.Ledger.HandledOf(id, "order.paid"));
    }

    [Theory]
    [MemberData(nameof(Refunding))]
    public async Task A_refund_that_is_told_before_its_payment_leaves_nothing_to_deliver(string channel)
    {
        await using var store = await ToldStore.StartAsync(channel, platforms, Now);
        var game = await NewAppAsync(channel, store);
        var (id, pay) = await NewOrderAsync(game, channel, store);
        var (bought, target) = (store.Buy(id, pay), platforms.NotifyAt(channel, game.GameId));
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await bought.RefundedAsync!(target));
            await platforms.DoRoundAsync();
        }
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await bought.PaidAsync(target));
            await platforms.DoRoundAsync();
        }
        await UntouchedAsync(id);
        Assert.Equal(0, platforms.Games.Ledger.HandledOf(id, "order.paid"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_payment_that_names_an_order_of_another_channel_or_game_changes_nothing_and_stays_free(string channel)
    {
        await using var store = await ToldStore.StartAsync(channel, platforms, Now);
        var wanted = channel == "alipay" ? "wechat" : "alipay";
        var (game, other) = (await NewAppAsync(channel, store), await NewAppAsync(channel, store));
        var (elsewhere, _) = await NewOrderAsync(game, wanted, store);
        var (foreign, pay) = await NewOrderAsync(other, channel, store);
        Assert.True(await store.Buy(elsewhere, default).PaidAsync(platforms.NotifyAt(channel, game.GameId)));
        var bought = store.Buy(foreign, pay);
        Assert.True(await bought.PaidAsync(platforms.NotifyAt(channel, game.GameId)));
        await platforms.DoRoundAsync();
        await UntouchedAsync(elsewhere);
        await UntouchedAsync(foreign);
        Assert.All(await platforms.NoticesAsync(game.GameId), notice => Assert.Equal("unclaimed", notice.GetProperty("state").GetString()));

        // Told where it belongs, it pays; and the order of the other channel is paid by that.
        Assert.True(await bought.PaidAsync(platforms.NotifyAt(channel, other.GameId)));
        await platforms.UntilAsync(foreign, "paid");
        var target = platforms.NotifyAt(wanted, game.GameId);
        Assert.True(wanted == "alipay"
            ? await platforms.Alipay.NotifyAsync(platforms.Alipay.Pay(elsewhere, 6.5m), target, cancellationToken: Now)
            : await platforms.WeChat.NotifyAsync(platforms.WeChat.Pay(elsewhere, 650), target, cancellationToken: Now) == 204);
        Assert.Equal(wanted, (await platforms.UntilAsync(elsewhere, "paid")).GetProperty("payment").GetProperty("channel").GetString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_the_store_of_another_app_signs_is_refused_and_not_kept(string channel)
    {
        await using var store = await ToldStore.StartAsync(channel, platforms, Now);
        await using var stranger = await ToldStore.StartAsync(channel, platforms, Now);
        var game = await NewAppAsync(channel, store);
        var (id, pay) = await NewOrderAsync(game, channel, store);
        var target = platforms.NotifyAt(channel, game.GameId);
        var forged = stranger.Buy(id, pay);
        Assert.False(await forged.PaidAsync(target));
        Assert.False(forged.RefundedAsync is not null && await forged.RefundedAsync(target));
        Assert.Empty(await platforms.NoticesAsync(game.GameId));
        await UntouchedAsync(id);
        Assert.True(await store.Buy(id, pay).PaidAsync(target));
        await platforms.UntilAsync(id, "paid");
    }

    private async Task UntouchedAsync(string id)
    {
        var order = await platforms.OrderAsync(id);
        Assert.Equal(("unpaid", "created", 0), (order.GetProperty("payState").GetString(), order.GetProperty("state").GetString(), order.GetProperty("callbacks").GetArrayLength()));
    }

    private async Task<OrderApiGame> NewAppAsync(string channel, ToldStore store) => await platforms.NewAppAsync(new JsonObject
    {
        ["channels"] = new JsonObject
        {
            [channel] = store.Settings.DeepClone(),
            [channel == "alipay" ? "wechat" : "alipay"] = JsonSerializer.SerializeToNode(channel == "alipay" ? platforms.WeChat.Settings() : platforms.Alipay.Settings()),
        },
    });

    private async Task<(string Id, JsonElement Pay)> NewOrderAsync(OrderApiGame game, string channel, ToldStore store)
    {
        var (status, json) = await platforms.CallAsync(
            HttpMethod.Post, "/api/v1/orders",
            new { gameId = game.GameId, productId = ToldStore.Product, productName = "60 gems", money = "6.5", currency = "CNY", userId = "u1", channel, extra = store.Extra });
        Assert.True(status == HttpStatusCode.Created, json.GetRawText());
        return (json.GetProperty("orderId").GetString()!, json.TryGetProperty("pay", out var pay) ? pay : default);
    }
}
