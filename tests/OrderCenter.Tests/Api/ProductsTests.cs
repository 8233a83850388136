using System.Net;
using System.Text.Json;
using OrderCenter.Simulator.Games;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>docs/operating.md, "Products": a game's catalogue, and what it means for orders and receipts.</summary>
public sealed class ProductsTests(Service service) : IClassFixture<Service>
{
    private static readonly object s_catalogue = new
    {
        products = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["gem-60"] = new { name = "六十钻石", prices = new Dictionary<string, string>(StringComparer.Ordinal) { ["CNY"] = "6.5", ["USD"] = "0.99" }, skus = new { google = "com.example.gem60" } },
            ["gem-300"] = new { prices = new { CNY = "30" } },
        },
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_catalogue_is_replaced_shown_and_audited_and_stays_out_of_the_app()
    {
        var game = await NewGameAsync();
        var shown = await service.GetAsync($"/apps/{game.GameId}/products");
        Assert.Equal("0.99", shown.GetProperty("products").GetProperty("gem-60").GetProperty("prices").GetProperty("USD").GetString());
        Assert.False((await service.GetAsync("/apps/" + game.GameId)).TryGetProperty("products", out _));
        Assert.Contains("2 products, sha256:", (await service.GetAsync($"/audit?gameId={game.GameId}")).GetRawText(), StringComparison.Ordinal);

        // Other settings leave it, and it leaves them.
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { name = "renamed" });
        Assert.Equal(2, (await service.GetAsync($"/apps/{game.GameId}/products")).GetProperty("products").EnumerateObject().Count());
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(game, new { products = new Dictionary<string, object>(StringComparer.Ordinal) { ["p"] = new { prices = new { CNY = "1" } } } })).Status);
        Assert.Equal("p", Assert.Single((await service.GetAsync($"/apps/{game.GameId}/products")).GetProperty("products").EnumerateObject()).Name);
        Assert.Equal("renamed", (await service.GetAsync("/apps/" + game.GameId)).GetProperty("name").GetString());
        await PutAsync(game, new { products = (object?)null });
        Assert.Empty((await service.GetAsync($"/apps/{game.GameId}/products")).GetProperty("products").EnumerateObject());
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(game, "anything", "1.23")).Status);
    }

    [Theory]
    [InlineData("""{"products":[]}""")]
    [InlineData("""{"products":"x"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"products":{},"more":1}""")]
    [InlineData("""{"products":{"p":null}}""")]
    [InlineData("""{"products":{"p":{}}}""")]
    [InlineData("""{"products":{"p":{"prices":{}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"0"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"-1"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"1e3"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":null}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":6.5}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"1":"1"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"1","RMB":"2"}}}}""")]
    [InlineData("""{"products":{"":{"prices":{"CNY":"1"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"1"},"skus":{"google":""}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"1"},"skus":{"google":"s"}},"q":{"prices":{"CNY":"1"},"skus":{"google":"s"}}}}""")]
    [InlineData("""{"products":{"p":{"prices":{"CNY":"1"},"price":"1"}}}""")]
    public async Task A_catalogue_with_a_fault_is_refused_and_the_old_one_stays(string body)
    {
        var game = await NewGameAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(game, JsonDocument.Parse(body).RootElement)).Status);
        Assert.Equal(2, (await service.GetAsync($"/apps/{game.GameId}/products")).GetProperty("products").EnumerateObject().Count());
    }

    [Fact]
    public async Task A_catalogue_is_bounded_and_is_not_written_with_the_app()
    {
        var game = await NewGameAsync();
        var many = Enumerable.Range(0, 1001).ToDictionary(i => "p" + i, object (_) => new { prices = new { CNY = "1" } }, StringComparer.Ordinal);
        Assert.Contains("products must be at most 1000 products", (await PutAsync(game, new { products = many })).Json.ToString(), StringComparison.Ordinal);
        Assert.True(many.Remove("p0"));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(game, new { products = many })).Status);
        var (status, json) = await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", s_catalogue);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("products are written by PUT /apps/{gameId}/products", json.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gem-60", "6.5", "CNY", 1, null)]
    [InlineData("gem-60", "6.50", "RMB", 1, null)]
    [InlineData("gem-60", "0.99", "usd", 1, null)]
    [InlineData("gem-60", "13", "CNY", 2, null)]
    [InlineData("gem-60", "0.01", "CNY", 1, "the price is 6.5 CNY, not 0.01")]
    [InlineData("gem-60", "6.5", "CNY", 2, "the price is 6.5 CNY for each of 2, not 6.5 for all")]
    [InlineData("gem-60", "6.5", "EUR", 1, "the product has no price in EUR; it has one in CNY, USD")]
    [InlineData("gem-61", "6.5", "CNY", 1, "the product is not in the catalogue")]
    public async Task An_order_that_is_not_of_the_catalogue_is_refused_or_held(string product, string money, string currency, int quantity, string? fault)
    {
        var game = await NewGameAsync();
        var (status, json) = await CreateAsync(game, product, money, currency, quantity);
        Assert.Equal(fault is null ? HttpStatusCode.Created : HttpStatusCode.Conflict, status);
        Assert.Equal(fault, fault is null ? null : json.GetProperty("title").GetString());

        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { priceMismatch = "hold" });
        var (held, order) = await CreateAsync(game, product, money, currency, quantity);
        Assert.Equal(HttpStatusCode.Created, held);
        var shown = await service.OrderAsync(order.GetProperty("orderId").GetString()!);
        Assert.Equal((fault is null ? "created" : "review", fault), (shown.GetProperty("state").GetString(), shown.GetProperty("stateReason").GetString()));
    }

    [Fact]
    public async Task A_game_server_is_told_and_what_it_created_before_stays_its_own()
    {
        var game = await NewGameAsync(isEmpty: true);
        var first = game.NewOrder("gem-60", "5", "u1", "merchant-1");
        var created = await game.CreateAsync(first, Now);
        await PutAsync(game, s_catalogue);
        Assert.Equal("the price is 6.5 RMB, not 5", (await game.CreateAsync(game.NewOrder("gem-60", "5", "u1"), Now)).Message);
        Assert.Equal(created.PlatOrderId, (await game.CreateAsync(game.NewOrder("gem-60", "5", "u1", "merchant-1"), Now)).PlatOrderId);
    }

    [Fact]
    public async Task A_store_may_call_a_product_by_another_name()
    {
        var game = await NewGameAsync();
        var id = (await game.CreateAsync(game.NewOrder("gem-60", "6.5", "u1"), Now)).PlatOrderId;
        GooglePurchase Of(string product) => new() { PackageName = Service.GooglePackage, ProductId = product };
        Assert.NotEqual(0, (await game.ValidateAsync(id, service.Google.Purchase(Of("gem-60")), Now)).ResultCode);
        Assert.Equal(0, (await game.ValidateAsync(id, service.Google.Purchase(Of("com.example.gem60")), Now)).ResultCode);
        Assert.Equal("gem-60", (await service.OrderAsync(id)).GetProperty("productId").GetString());
    }

    private async Task<OrderApiGame> NewGameAsync(bool isEmpty = false)
    {
        var game = await service.NewGameAsync();
        if (!isEmpty)
        {
            var (status, json) = await PutAsync(game, s_catalogue);
            Assert.True(status == HttpStatusCode.OK, json.ToString());
        }
        return game;
    }

    private Task<(HttpStatusCode Status, JsonElement Json)> PutAsync(OrderApiGame game, object body) =>
        service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}/products", body);

    private Task<(HttpStatusCode Status, JsonElement Json)> CreateAsync(OrderApiGame game, string productId, string money, string currency = "CNY", int quantity = 1) =>
        service.CallAsync(HttpMethod.Post, "/api/v1/orders", new { gameId = game.GameId, productId, money, currency, userId = "u1", quantity });
}
