using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.ChangeFeed;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.ChangeFeed;

/// <summary>A game that reads its feed, and what must be true of what it reads.</summary>
internal static class Feed
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Has everything that waits numbered now.</summary>
    public static async Task NumberAsync(this Service service)
    {
        while (await service.Services.GetRequiredService<FeedSequencer>().StepAsync(Now))
        {
        }
    }

    /// <summary>The game's own token, as docs/changes.md tells to make it.</summary>
    public static string TokenOf(string gameId, string secret = "B8899E2039DF87E2") =>
        gameId + "." + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes("changes:" + gameId)));

    public static Task<HttpResponseMessage> AskAsync(this Service service, string token, string query)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/changes?" + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return service.Http.SendAsync(request, Now);
    }

    public static async Task<JsonElement> PageAsync(this Service service, string gameId, string? cursor, int limit)
    {
        using var response = await service.AskAsync(TokenOf(gameId), $"gameId={gameId}&limit={limit}" + (cursor is null ? "" : "&cursor=" + cursor));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Now);
    }

    /// <summary>Reads on from a cursor to the end, page by page.</summary>
    public static async Task<(List<JsonElement> Items, string Cursor)> DrainAsync(this Service service, string gameId, string? cursor = null, int limit = 500)
    {
        var items = new List<JsonElement>();
        while (true)
        {
            var page = await service.PageAsync(gameId, cursor, limit);
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 0, limit);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString()!;
            if (!page.GetProperty("hasMore").GetBoolean())
            {
                return (items, cursor);
            }
            Assert.Equal(limit, page.GetProperty("items").GetArrayLength());
        }
    }

    /// <summary>The feed, read from its beginning, is the orders: numbers without a gap, each order's moves once and in order, each order as its last change says.
    /// </summary>
    public static async Task<List<JsonElement>> AssertReplaysAsync(this Service service, string gameId, int orders)
    {
        await service.NumberAsync();
        var (items, _) = await service.DrainAsync(gameId);
        Assert.Equal(Enumerable.Range(1, items.Count).Select(number => (long)number), items.Select(item => item.GetProperty("number").GetInt64()));
        var store = service.Services.GetRequiredService<Database>();
        var moves = (await store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT order_id, moves FROM orders WHERE game_id = $1", row => (row.GetString(0), row.GetInt32(1)), long.Parse(gameId)), Now))
            .ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);
        var byOrder = items.GroupBy(item => item.GetProperty("orderId").GetString()!).ToList();
        Assert.Equal((orders, orders), (byOrder.Count, moves.Count));
        foreach (var changes in byOrder)
        {
            Assert.Equal(Enumerable.Range(0, moves[changes.Key] + 1), changes.Select(change => change.GetProperty("move").GetInt32()));
            Assert.Equal("order.created", changes.First().GetProperty("event").GetString());
            var order = await service.OrderAsync(changes.Key);
            Assert.Equal(Native.StateOf(order), Native.StateOf(changes.Last()));
            Assert.Equal(order.GetProperty("stateReason").GetString(), changes.Last().GetProperty("stateReason").GetString());
            Assert.Equal(order.GetProperty("createdAt").GetDateTimeOffset(), changes.First().GetProperty("at").GetDateTimeOffset());
            Assert.All(changes, change => Assert.Equal(order.GetProperty("merchantOrderId").GetString(), change.GetProperty("merchantOrderId").GetString()));
        }
        return items;
    }

    /// <summary>The events of an order, one word each.</summary>
    public static string Events(this IEnumerable<JsonElement> items, string orderId) =>
        string.Join(' ', items.Where(item => item.GetProperty("orderId").GetString() == orderId).Select(item => item.GetProperty("event").GetString()![6..]));
}
