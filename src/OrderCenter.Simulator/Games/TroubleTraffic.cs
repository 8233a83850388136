using System.Text.Json.Nodes;

namespace OrderCenter.Simulator.Games;

/// <summary>What needs a person, now and then: callbacks that a game's server never takes, and payments over another amount than the order's.</summary>
public sealed class TroubleTraffic(Platform platform, string gameId, Random random)
{
    /// <summary>Makes one such order.</summary>
    public async Task<OrderApiTraffic.Story> PlayAsync(CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["gameId"] = gameId, ["productId"] = "gems.300", ["productName"] = "300 gems", ["money"] = "30", ["currency"] = "CNY", ["userId"] = "player" + random.Next(1000),
            ["merchantOrderId"] = $"trouble-{Guid.NewGuid():N}",
        };
        var id = (await platform.SendAsync(HttpMethod.Post, "/orders", body, cancellationToken)).GetProperty("orderId").GetString()!;
        if (random.Next(3) > 0)
        {
            await platform.PaidAsync(id, "settlement", cancellationToken);
            return new OrderApiTraffic.Story("pays, and the game's server is down", id, "the callback fails until it is exhausted", true);
        }
        try
        {
            var payment = new JsonObject { ["channel"] = "settlement", ["transactionId"] = "demo-" + id, ["money"] = "3", ["currency"] = "CNY", ["reason"] = "demo" };
            await platform.SendAsync(HttpMethod.Post, $"/orders/{id}/paid", payment, cancellationToken);
            return new OrderApiTraffic.Story("pays a tenth of the price", id, "taken", false);
        }
        catch (HttpRequestException refused) when (refused.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            return new OrderApiTraffic.Story("pays a tenth of the price", id, "held for review", true);
        }
    }
}
