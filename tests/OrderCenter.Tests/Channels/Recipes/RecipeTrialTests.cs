using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary><c>POST /apps/{gameId}/channels/{name}/try</c>: what a sample would do, without doing it.</summary>
public sealed class RecipeTrialTests(Service service) : IClassFixture<Service>, IDisposable
{
    private readonly RecipeStores _stores = new();

    public static TheoryData<RecipeStore> Stores => [.. Enum.GetValues<RecipeStore>()];

    public void Dispose() => _stores.Dispose();

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_sample_is_shown_step_by_step_and_changes_nothing(RecipeStore store)
    {
        var (game, id) = await NewAsync(store);
        var payment = _stores.Pay(id, 650);
        var (status, tried) = await TryAsync(game, store, _stores.Notification(store, payment));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("paid", tried.GetProperty("verdict").GetString());
        Assert.Equal(payment.Transaction, tried.GetProperty("payment").GetProperty("transactionId").GetString());
        var order = tried.GetProperty("order");
        Assert.Equal((id, "unpaid", JsonValueKind.Null), (order.GetProperty("orderId").GetString(), order.GetProperty("payState").GetString(), order.GetProperty("contradiction").ValueKind));
        Assert.Equal(200, tried.GetProperty("answer").GetProperty("status").GetInt32());
        Assert.EndsWith($"/notify/{Name(store)}/{game}", tried.GetProperty("notifyUrl").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_stores.Key, tried.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(store is RecipeStore.Vivo or RecipeStore.Douyin, tried.GetProperty("signedText").GetString()!.Contains("***", StringComparison.Ordinal));

        Assert.Equal("unpaid", (await service.OrderAsync(id)).GetProperty("payState").GetString());
        Assert.Empty((await service.GetAsync($"/notifications?gameId={game}")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_is_wrong_with_a_sample_is_said(RecipeStore store)
    {
        var (game, id) = await NewAsync(store);
        async Task<(string?, string?)> Tried(string sample)
        {
            var tried = (await TryAsync(game, store, sample)).Json;
            var order = tried.GetProperty("order");
            return (tried.GetProperty("verdict").GetString(), order.ValueKind == JsonValueKind.Null ? tried.GetProperty("reason").GetString() : order.GetProperty("contradiction").GetString());
        }
        var field = store switch { RecipeStore.Oppo => "sign", RecipeStore.Huawei => "inAppDataSignature", _ => "signature" };
        Assert.Equal(("refused", $"{field} is not the store's signature of it"), await Tried(_stores.Notification(store, _stores.Pay(id, 650), RecipeForgery.ChangedAmount)));
        Assert.Equal(("paid", "the payment is over 0.01, the order over 6.5"), await Tried(_stores.Notification(store, _stores.Pay(id, 1))));
        foreach (var odd in new[] { "x", "{", "\"\"", "[]", "a=b&a=b", "%00=%00", "\u0001", "{\"a\":{}}", new string('{', 5000) })
        {
            Assert.Equal("refused", (await Tried(odd)).Item1);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(game, store, "")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(game, store, new string('a', 300_000))).Status);
    }

    [Fact]
    public async Task Only_a_channel_by_recipe_of_the_app_is_tried()
    {
        var (game, _) = await NewAsync(RecipeStore.Vivo);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game}/channels/xiaomi/try", new { sample = "a=b" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Post, "/api/v1/apps/999999999/channels/vivo/try", new { sample = "a=b" })).Status);
        var google = await service.NewGameAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{google.GameId}/channels/google/try", new { sample = "a=b" })).Status);
    }

    [Fact]
    public async Task The_recipes_that_ship_are_listed_with_where_their_stores_notify()
    {
        var (game, _) = await NewAsync(RecipeStore.Vivo);
        var items = (await service.GetAsync($"/apps/{game}/recipes")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["douyin", "huawei", "oppo", "vivo", "xiaomi"], items.Select(item => item.GetProperty("name").GetString()));
        Assert.All(items, item => Assert.StartsWith("https://", item.GetProperty("document").GetString(), StringComparison.Ordinal));
        Assert.All(items, item => Assert.EndsWith($"/notify/{item.GetProperty("name").GetString()}/{game}", item.GetProperty("notifyUrl").GetString(), StringComparison.Ordinal));
        var vivo = items.Single(item => item.GetProperty("name").GetString() == "vivo");
        Assert.Equal(["key", "app.appId"], vivo.GetProperty("settings").EnumerateArray().Select(setting => setting.GetString()));

        // As it is listed, it can be pasted.
        var settings = _stores.Settings(RecipeStore.Vivo);
        settings["recipe"] = vivo.GetProperty("recipe");
        var (status, json) = await service.CallAsync(
            HttpMethod.Put, $"/api/v1/apps/{game}", new { channels = new Dictionary<string, object>(StringComparer.Ordinal) { ["my-vivo"] = settings } });
        Assert.True(status == HttpStatusCode.OK, json.ToString());
    }

    private async Task<(string Game, string OrderId)> NewAsync(RecipeStore store)
    {
        var game = await service.NewGameAsync(new { channels = new Dictionary<string, object>(StringComparer.Ordinal) { [Name(store)] = _stores.Settings(store) } });
        var (status, json) = await service.CallAsync(
            HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId = "gem-60", money = "6.5", currency = "CNY", userId = "u1", channel = Name(store) });
        Assert.True(status == HttpStatusCode.Created, json.ToString());
        return (game.GameId, json.GetProperty("orderId").GetString()!);
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> TryAsync(string game, RecipeStore store, string sample) =>
        service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game}/channels/{Name(store)}/try", new { sample });

    private static string Name(RecipeStore store) => store.ToString().ToLowerInvariant();
}
