using System.Net;
using OrderCenter.Persistence;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": writes may carry <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests(Service service) : IClassFixture<Service>
{
    private const string Header = "Idempotency-Key";

    [Fact]
    public async Task The_same_request_again_gets_the_same_bytes_and_does_nothing()
    {
        var game = await service.NewGameAsync();
        var key = "same-" + game.GameId;
        var (first, bytes) = await CreateAsync(Native.NewOrder(game.GameId), key);
        service.Clock.Advance(TimeSpan.FromHours(23));
        var (second, again) = await CreateAsync(Native.NewOrder(game.GameId), key);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(bytes, again);
        Assert.Equal(first.Content.Headers.ContentType?.ToString(), second.Content.Headers.ContentType?.ToString());
        Assert.Equal((false, "true"), (first.Headers.Contains("Idempotency-Replayed"), string.Concat(second.Headers.GetValues("Idempotency-Replayed"))));
        Assert.Equal(1, await CountAsync(game.GameId));
    }

    [Fact]
    public async Task The_sign_debuggers_answer_is_as_good_as_a_secret_and_is_never_kept()
    {
        var game = await service.NewGameAsync();
        var path = $"/api/v1/apps/{game.GameId}/sign";
        foreach (var time in new[] { 0, 1 })
        {
            using var response = await service.SendAsync(HttpMethod.Post, path, new { fields = new { time } }, (Header, "sign-" + game.GameId));
            Assert.Equal((HttpStatusCode.OK, false), (response.StatusCode, response.Headers.Contains("Idempotency-Replayed")));
        }
        var store = (Database)service.Services.GetService(typeof(Database))!;
        Assert.Empty(await store.ReadAsync(
            transaction => transaction.QueryAsync("SELECT 1 FROM request_keys WHERE request_key = $1", row => row.GetInt32(0), "sign-" + game.GameId), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_key_is_each_callers_own_for_orders_too()
    {
        var game = await service.NewGameAsync();
        var key = (Header, "own-" + game.GameId);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in new[] { await service.NewTokenAsync("support"), await service.NewTokenAsync("support"), Service.Token })
        {
            var (first, json) = await service.WithTokenAsync(token, HttpMethod.Post, "/orders", Native.NewOrder(game.GameId), key);
            var (second, again) = await service.WithTokenAsync(token, HttpMethod.Post, "/orders", Native.NewOrder(game.GameId), key);
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, json.GetRawText()), (first, second, again.GetRawText()));
            Assert.True(ids.Add(json.GetProperty("orderId").GetString()!));
        }
        Assert.Equal(3, await CountAsync(game.GameId));
    }

    [Fact]
    public async Task A_refusal_is_replayed_as_it_was()
    {
        var game = await service.NewGameAsync();
        var order = Native.NewOrder(game.GameId);
        order["money"] = "0";
        var (first, bytes) = await CreateAsync(order, "refused-" + game.GameId);
        var (second, again) = await CreateAsync(order, "refused-" + game.GameId);
        await Native.AssertProblemAsync(first, HttpStatusCode.BadRequest);
        await Native.AssertProblemAsync(second, HttpStatusCode.BadRequest);
        Assert.Equal(bytes, again);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        var game = await service.NewGameAsync();
        var key = "other-" + game.GameId;
        await CreateAsync(Native.NewOrder(game.GameId), key);
        var order = Native.NewOrder(game.GameId);
        order["money"] = "7";
        var (body, _) = await CreateAsync(order, key);
        await Native.AssertProblemAsync(body, HttpStatusCode.UnprocessableEntity);
        using var path = await service.SendAsync(HttpMethod.Put, "/api/v1/apps/" + game.GameId, Native.NewOrder(game.GameId), (Header, key));
        await Native.AssertProblemAsync(path, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(1, await CountAsync(game.GameId));
    }

    [Fact]
    public async Task Fifty_at_once_with_one_key_make_one_order()
    {
        var game = await service.NewGameAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CreateAsync(Native.NewOrder(game.GameId), "fifty-" + game.GameId)));
        Assert.All(answers, answer => Assert.Contains(answer.Response.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict }));
        Assert.Single(answers.Where(answer => answer.Response.StatusCode == HttpStatusCode.Created).Select(answer => answer.Body).Distinct());
        Assert.Equal(1, await CountAsync(game.GameId));
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(Native.NewOrder(game.GameId), "fifty-" + game.GameId)).Response.StatusCode);
    }

    [Fact]
    public async Task Fifty_keys_at_once_make_fifty_orders()
    {
        var game = await service.NewGameAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => CreateAsync(Native.NewOrder(game.GameId), $"each-{i}-{game.GameId}")));
        Assert.Equal(50, answers.Select(answer => answer.Body).Distinct().Count());
        Assert.Equal(50, await CountAsync(game.GameId));
    }

    [Fact]
    public async Task A_read_ignores_the_key()
    {
        var game = await service.NewGameAsync();
        var key = "read-" + game.GameId;
        foreach (var path in new[] { "/api/v1/apps/" + game.GameId, "/api/v1/orders?gameId=" + game.GameId, "/api/v1/orders?gameId=" + game.GameId })
        {
            using var response = await service.SendAsync(HttpMethod.Get, path, null, (Header, key));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        }
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(Native.NewOrder(game.GameId), key)).Response.StatusCode);
    }

    [Theory]
    [InlineData("has blank")]
    [InlineData("键")]
    [InlineData("256")]
    public async Task A_key_is_bounded_printable_ASCII(string key)
    {
        var game = await service.NewGameAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders") { Content = System.Net.Http.Json.JsonContent.Create(Native.NewOrder(game.GameId)) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Service.Token);
        request.Headers.TryAddWithoutValidation(Header, key == "256" ? new string('k', 256) : key);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 };
        using var http = new HttpClient(handler) { BaseAddress = service.Http.BaseAddress };
        using var response = await http.SendAsync(request);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(0, await CountAsync(game.GameId));
    }

    [Fact]
    public async Task The_longest_key_works()
    {
        var game = await service.NewGameAsync();
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(Native.NewOrder(game.GameId), game.GameId.PadRight(255, '~'))).Response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_corrected_to_JSON_is_not_answered_by_the_refusal_of_its_content_type()
    {
        var game = await service.NewGameAsync();
        var json = System.Text.Json.JsonSerializer.Serialize(Native.NewOrder(game.GameId));
        using var wrong = await service.RawAsync(HttpMethod.Post, "/api/v1/orders", json, "text/plain", (Header, "type-" + game.GameId));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrong.StatusCode);
        using var right = await service.RawAsync(HttpMethod.Post, "/api/v1/orders", json, "application/json", (Header, "type-" + game.GameId));
        Assert.Contains(right.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity });
    }

    [Fact]
    public async Task A_game_cannot_meet_a_request_key_with_an_order_number_of_its_own()
    {
        var game = await service.NewGameAsync();
        var key = "meet-" + game.GameId;
        var (_, byKey) = await CreateAsync(Native.NewOrder(game.GameId), key);
        using var response = await service.SendAsync(HttpMethod.Post, "/api/v1/orders", Native.NewOrder(game.GameId, "\u0001request:" + key));
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.BadRequest });
        Assert.NotEqual(byKey, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_write_takes_a_key()
    {
        var game = await service.NewGameAsync();
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        foreach (var (path, method, body) in new (string, HttpMethod, object)[]
        {
            ($"/api/v1/apps/{game.GameId}/secrets", HttpMethod.Post, new { secret = "rotated to this one", previousValidSeconds = 10 }),
            ($"/api/v1/apps/{game.GameId}", HttpMethod.Put, new { name = "renamed" }),
            ($"/api/v1/orders/{id}/paid", HttpMethod.Post, new { channel = "bank", transactionId = "K-" + id }),
            ($"/api/v1/orders/{id}/refund", HttpMethod.Post, new { reason = "x" }),
        })
        {
            using var first = await service.SendAsync(method, path, body, (Header, path));
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            using var second = await service.SendAsync(method, path, body, (Header, path));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
            Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
            Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        }
    }

    private async Task<(HttpResponseMessage Response, string Body)> CreateAsync(Dictionary<string, object?> order, string key)
    {
        var response = await service.SendAsync(HttpMethod.Post, "/api/v1/orders", order, (Header, key));
        return (response, await response.Content.ReadAsStringAsync());
    }

    private async Task<int> CountAsync(string gameId) => (await service.GetAsync($"/orders?limit=200&gameId={gameId}")).GetProperty("items").GetArrayLength();
}
