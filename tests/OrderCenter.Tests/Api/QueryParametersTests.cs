using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Api;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Each route of the native API knows its query parameters, refuses every other one, and the OpenAPI document says the same.</summary>
public sealed class QueryParametersTests(Service service) : IClassFixture<Service>
{
    private const string Prefix = "/api/v1/";

    [Theory]
    [InlineData("orders?user=42", "user", "userId")]
    [InlineData("orders?userIds=42", "userIds", "userId")]
    [InlineData("orders?trasnactionId=1", "trasnactionId", "transactionId")]
    [InlineData("orders?game=1", "game", "gameId")]
    [InlineData("orders?limit=5&page=2", "page", "")]
    [InlineData("orders?pay_state=paid", "pay_state", "payState")]
    [InlineData("callbacks?state=exhausted", "state", "status")]
    [InlineData("notifications?chanel=google", "chanel", "channel")]
    [InlineData("reconciliations?gameid=1&chan=google", "chan", "channel")]
    [InlineData("changes?gameId=1&curser=x", "curser", "cursor")]
    [InlineData("alerts?conditon=disk.space", "conditon", "condition")]
    [InlineData("apps?limits=1", "limits", "limit")]
    [InlineData("apps?=1", "", "limit")]
    public async Task A_parameter_that_is_unknown_is_a_400_that_names_it_and_the_nearest(string path, string field, string nearest)
    {
        using var response = await service.SendAsync(HttpMethod.Get, Prefix + path);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        var fault = problem.GetProperty("errors")[0];
        Assert.Equal(field, fault.GetProperty("field").GetString());
        Assert.StartsWith($"is not a query parameter here; the nearest is {nearest}", fault.GetProperty("allowed").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_route_refuses_what_it_does_not_know_and_the_document_declares_what_it_knows()
    {
        var document = JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;
        var routes = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.Ordinal) == true && route.Metadata.GetMetadata<QueryIgnored>() is null).ToList();
        Assert.True(routes.Count >= 36);
        foreach (var route in routes)
        {
            var method = Assert.Single(route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods);
            var path = route.RoutePattern.RawText!;
            var address = System.Text.RegularExpressions.Regex.Replace(path, "\\{[^}]+\\}", "1");
            using var response = await service.SendAsync(new HttpMethod(method), address + "?nonsense=1", method == "GET" ? null : new { });
            var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
            Assert.Equal("nonsense", problem.GetProperty("errors")[0].GetProperty("field").GetString());

            var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());
            var declared = operation.GetProperty("parameters").EnumerateArray().Where(parameter => In(parameter) == "query").Select(Name).Order(StringComparer.Ordinal);
            Assert.Equal((path, string.Join(' ', QueryParameters.Of(route).Known.Select(known => known.Name).Order(StringComparer.Ordinal))), (path, string.Join(' ', declared)));
            Assert.Equal(
                System.Text.RegularExpressions.Regex.Matches(path, "\\{(\\w+)\\}").Select(match => match.Groups[1].Value),
                operation.GetProperty("parameters").EnumerateArray().Where(parameter => In(parameter) == "path").Select(Name));
        }
        Assert.Equal(routes.Count, document.GetProperty("paths").EnumerateObject().Sum(path => path.Value.EnumerateObject().Count()));

        static string? In(JsonElement parameter) => parameter.GetProperty("in").GetString();
        static string? Name(JsonElement parameter) => parameter.GetProperty("name").GetString();
    }

    [Fact]
    public async Task The_document_declares_the_token_and_the_bodies()
    {
        var document = JsonDocument.Parse(await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer");
        Assert.Equal(("http", "bearer"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("scheme").GetString()));
        Assert.True(document.GetProperty("security")[0].TryGetProperty("bearer", out _));

        // What takes no body at all.
        string[] bodiless =
        [
            "post /api/v1/callbacks/jobs/{jobId}/cancel", "post /api/v1/alert-sinks/{name}/test", "post /api/v1/apps/{gameId}/channels/{channel}/test",
            "delete /api/v1/session", "delete /api/v1/tokens/{id}",
        ];
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Name != "get"))
            {
                var call = $"{operation.Name} {path.Name}";
                Assert.Equal((call, !bodiless.Contains(call)), (call, operation.Value.TryGetProperty("requestBody", out _)));
            }
        }
    }

    [Theory]
    [InlineData("userId=a&userId=b")]
    [InlineData("userId=a&USERID=b")]
    [InlineData("userId=a&userId=a")]
    [InlineData("state=created&state=closed")]
    public async Task A_parameter_given_twice_is_refused(string query)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?" + query);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("twice", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_write_does_nothing_and_leaves_its_key_free()
    {
        var game = await service.NewGameAsync();
        var order = await service.CreateAsync(Native.NewOrder(game.GameId));
        var key = ("Idempotency-Key", "query-" + game.GameId);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{order}/close?dryRun=true", new { reason = "x" }, key)).Status);
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(order)));
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{order}/close", new { reason = "x" }, key)).Status);
    }

    [Fact]
    public async Task Who_bears_no_token_is_not_told_what_a_route_knows()
    {
        using var response = await service.Http.GetAsync(new Uri("/api/v1/orders?user=1", UriKind.Relative), TestContext.Current.CancellationToken);
        await Native.AssertProblemAsync(response, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_long_name_is_shown_in_short_and_costs_little()
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?" + new string('x', 30_000) + "=1");
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("title").GetString()!.Length < 400);
        using var many = await service.SendAsync(HttpMethod.Get, "/api/v1/orders?" + string.Join('&', Enumerable.Range(0, 5000).Select(number => "x" + number)));
        await Native.AssertProblemAsync(many, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("user", "userId", "gameId,state,userId,from")]
    [InlineData("GAME", "gameId", "userId,gameId,state")]
    [InlineData("ab", "ba", "xy,ba")]
    [InlineData("", "a", "abc,a")]
    public void The_nearest_name_is_what_was_meant(string given, string expected, string names) => Assert.Equal(expected, NearestName.Of(given, names.Split(',')));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("a", "", 1)]
    [InlineData("Engine", "engine", 0)]
    [InlineData("Engin", "Engine", 1)]
    [InlineData("Egnine", "Engine", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Edits_are_counted(string one, string other, int edits) => Assert.Equal((edits, edits), (NearestName.Edits(one, other), NearestName.Edits(other, one)));
}
