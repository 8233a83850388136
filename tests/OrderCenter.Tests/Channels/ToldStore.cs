using System.Text.Json;
using System.Text.Json.Nodes;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Channels.Recipes;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels;

/// <summary>A store that tells of payments, whichever it is.</summary>
/// <param name="Settings">Of the app's channel.</param>
/// <param name="Buy">A player pays the order of that number, with what the client was given: in the store's books, and nobody is told yet.</param>
internal sealed record ToldStore(JsonNode Settings, Func<string, JsonElement, Bought> Buy) : IAsyncDisposable
{
    public const string Product = "gem-60";

    /// <summary>What an order for it holds beside what every order does.</summary>
    public object? Extra { get; private init; }

    /// <summary>Takes the store down, and up again; where nobody asks the store, nothing.</summary>
    public Action<bool> SetDown { get; private init; } = _ => { };

    private IAsyncDisposable? Server { get; init; }

    public static async Task<ToldStore> StartAsync(string channel, Platforms platforms, CancellationToken cancellationToken)
    {
        var (http, clock) = (platforms.Http, platforms.Clock);
        static PlatformFault FaultOf(bool isDown) => isDown ? PlatformFault.Down : PlatformFault.None;
        switch (channel)
        {
            case "google":
                var google = await GooglePlayServer.StartAsync(clock, Service.GooglePackage);
                return new ToldStore(JsonNode.Parse(google.Settings())!, (id, _) =>
                {
                    var sold = google.Sell(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = Product, ObfuscatedProfileId = id });
                    var (paid, voided) = (google.PurchaseNotice(sold), google.VoidedNotice(sold));
                    return new Bought(async target => await google.PushAsync(http, target, paid) == 200, async target =>
                    {
                        google.Void(sold.PurchaseToken);
                        return await google.PushAsync(http, target, voided) == 200;
                    });
                }) { Server = google, SetDown = isDown => google.IsDown = isDown };
            case "apple":
                var store = new AppStore(clock);
                var apple = await AppStoreServer.StartAsync(store, clock, Service.AppleBundle);
                return new ToldStore(JsonNode.Parse(apple.Settings())!, (_, pay) =>
                {
                    var token = pay.ValueKind == JsonValueKind.Object && pay.TryGetProperty("appAccountToken", out var given) ? given.GetString() : Guid.NewGuid().ToString();
                    var sold = apple.Sell(new AppleTransaction { BundleId = Service.AppleBundle, ProductId = Product, AppAccountToken = token });
                    var (paid, refunded) = (apple.Notice("ONE_TIME_CHARGE", sold), apple.Notice("REFUND", sold with { RevocationDateMs = clock.GetUtcNow().ToUnixTimeMilliseconds() }));
                    return new Bought(async target => await AppStoreServer.PostAsync(http, target, paid) == 200, async target => await AppStoreServer.PostAsync(http, target, refunded) == 200);
                }) { Server = apple, SetDown = isDown => apple.IsDown = isDown };
            case "alipay":
                var alipay = await Alipay.StartAsync(clock, cancellationToken);
                return new ToldStore(JsonSerializer.SerializeToNode(alipay.Settings())!, (id, _) =>
                {
                    var (sold, refunded) = (alipay.Pay(id, 6.5m), (AlipayTrade?)null);
                    return new Bought(
                        target => alipay.NotifyAsync(sold, target, cancellationToken: cancellationToken),
                        target => alipay.NotifyAsync(refunded ??= alipay.Refund(sold, 6.5m), target, cancellationToken: cancellationToken));
                }) { Server = alipay, SetDown = isDown => alipay.Fault = FaultOf(isDown) };
            case "wechat":
                var wechat = await WeChatPay.StartAsync(clock, cancellationToken);
                return new ToldStore(JsonSerializer.SerializeToNode(wechat.Settings())!, (id, _) =>
                {
                    var sold = wechat.Find(id) is not null ? wechat.Pay(id) : new WeChatTransaction("4200" + id, id, "SUCCESS", 650, 0, clock.GetUtcNow(), null, "");
                    return new Bought(
                        async target => await wechat.NotifyAsync(sold, target, cancellationToken: cancellationToken) == 204,
                        async target => await wechat.NotifyRefundAsync(sold, 650, target, cancellationToken: cancellationToken) == 204);
                }) { Server = wechat, SetDown = isDown => wechat.Fault = FaultOf(isDown) };
            case "wechat-virtual":
                var game = await WeChatVirtual.StartAsync(clock, cancellationToken);
                return new ToldStore(JsonSerializer.SerializeToNode(game.Settings())!, (id, _) =>
                {
                    var (sold, isRefunded) = (game.Pay(new WeChatVirtualOrder(id, "4500" + id, "4200" + id, Product, 1, 650, 0, 1, game.OpenId, null)), false);
                    return new Bought(async target => (await game.DeliverAsync(sold, target, cancellationToken: cancellationToken)).Status == 200, async target =>
                    {
                        (sold, isRefunded) = (isRefunded ? sold : game.Refund(sold, 650), true);
                        return (await game.TellRefundAsync(sold, 650, target, cancellationToken: cancellationToken)).Status == 200;
                    });
                }) { Server = game, SetDown = isDown => game.Fault = FaultOf(isDown), Extra = new { wechatOpenId = game.OpenId } };
            default:
                var (recipes, recipe) = (new RecipeStores(), Enum.Parse<RecipeStore>(channel, ignoreCase: true));
                return new ToldStore(JsonSerializer.SerializeToNode(recipes.Settings(recipe))!, (id, _) =>
                {
                    var sold = recipes.Pay(id, 650);
                    return new Bought(
                        async target => await recipes.NotifyAsync(recipe, target, sold, cancellationToken: cancellationToken) == (200, RecipeTests.Accepted(recipe)), RefundedAsync: null);
                });
        }
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A purchase, and how its store tells of it; each says whether it was taken.</summary>
/// <param name="PaidAsync">That it was paid, as it was when it was made.</param>
/// <param name="RefundedAsync">That all of it was given back; null: such a store does not tell.</param>
internal sealed record Bought(Func<Uri, Task<bool>> PaidAsync, Func<Uri, Task<bool>>? RefundedAsync);
