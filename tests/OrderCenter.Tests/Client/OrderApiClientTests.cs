using System.Net;
using OrderCenter.Client;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Client;

/// <summary>The package's caller against the service itself.</summary>
public sealed class OrderApiClientTests(Service service) : IClassFixture<Service>
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_is_created_once_paid_delivered_once_and_read_back()
    {
        var game = await service.NewGameAsync();
        var client = new OrderApiClient(service.Http, game.GameId, Secret, service.Clock);
        var order = new OrderToCreate
        {
            ProductId = "gems.60",
            Money = 6.50m,
            Currency = "CNY",
            UserId = "玩家 42+&=%",
            MerchantOrderId = "A-1",
            ProductName = "60 元宝",
            GameName = "游戏",
            PackageName = "com.example",
            PayChannel = "1",
            RoleId = "7",
            RoleName = "赵云",
            RoleLevel = "",
            ServerId = "1",
            ServerName = "一区",
            UserName = "u",
        };
        var created = await client.CreateAsync(order, Now);
        Assert.Equal((200, 0, "success"), (created.HttpStatus, created.Code, created.Message));
        Assert.Equal(created.OrderId, (await client.CreateAsync(order, Now)).OrderId);
        Assert.Equal(3, (await client.CreateAsync(order with { Money = 7 }, Now)).Code);

        var receipt = service.Google.Purchase(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gems.60" });
        Assert.True((await client.ValidateAsync(created.OrderId!, receipt, Now)).IsSuccess);
        Assert.False((await client.SendProductAsync(created.OrderId!, Now)).IsDuplicate);
        Assert.True((await client.SendProductAsync(created.OrderId!, Now)).IsDuplicate);

        var queried = await client.QueryAsync(created.OrderId!, Now);
        Assert.Equal(
            new QueriedOrder
            {
                OrderId = created.OrderId!,
                ProductId = "gems.60",
                ProductName = "60 元宝",
                Money = 6.5m,
                Currency = "CNY",
                GameId = long.Parse(game.GameId),
                GameName = "游戏",
                PackageName = "com.example",
                MerchantOrderId = "A-1",
                RoleId = "7",
                ServerId = "1",
                UserId = "玩家 42+&=%",
                PayState = 1,
                PayChannel = 1,
                State = 1,
            },
            queried.Order);
    }

    [Fact]
    public async Task The_games_own_number_may_come_with_the_receipt()
    {
        var game = await service.NewGameAsync();
        var client = new OrderApiClient(service.Http, game.GameId, Secret, service.Clock);
        var created = await client.CreateAsync(new OrderToCreate { ProductId = "p", Money = 1, Currency = "RMB", UserId = "u" }, Now);
        var receipt = service.Google.Purchase(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "p" });

        Assert.True((await client.ValidateAsync(created.OrderId!, receipt, Now, "late")).IsSuccess);
        Assert.Equal("late", (await client.QueryAsync(created.OrderId!, Now)).Order!.MerchantOrderId);
    }

    [Fact]
    public async Task Refusals_are_answers()
    {
        var game = await service.NewGameAsync();
        var stranger = new OrderApiClient(service.Http, game.GameId, "wrong", service.Clock);
        var unknown = await new OrderApiClient(service.Http, game.GameId, Secret, service.Clock).QueryAsync("10011554867699875662", Now);
        var tooFine = await new OrderApiClient(service.Http, game.GameId, Secret, service.Clock).CreateAsync(
            new OrderToCreate { ProductId = "p", Money = 1.00001m, Currency = "RMB", UserId = "u" }, Now);

        Assert.Equal(1, (await stranger.QueryAsync("1", Now)).Code);
        Assert.Equal((3, null), (unknown.Code, unknown.Order));
        Assert.Equal(3, tooFine.Code);
    }

    [Theory]
    [InlineData("<html>bad gateway</html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"resultCode":"0","resultMessage":"success"}""")]
    public async Task What_is_no_answer_of_the_protocol_throws(string body)
    {
        using var http = new HttpClient(new Stub(body)) { BaseAddress = new Uri("http://127.0.0.1") };

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => new OrderApiClient(http, "1", "k").QueryAsync("1", Now));
        Assert.Equal(HttpStatusCode.BadGateway, fault.StatusCode);
    }

    private sealed class Stub(string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent(body) });
    }
}
