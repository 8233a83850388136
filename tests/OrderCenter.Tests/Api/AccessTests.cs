using System.Net;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>contract.md, "Native API": who is let in, and who acts.</summary>
public sealed class AccessTests(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong-token-of-the-tests-01")]
    [InlineData("Bearer token-of-the-tests-012345678")]
    [InlineData("Bearer token-of-the-tests-01234567890")]
    [InlineData("Bearer TOKEN-OF-THE-TESTS-0123456789")]
    [InlineData("Bearer token-of-the-tests-0123456789, Bearer token-of-the-tests-0123456789")]
    [InlineData("Basic token-of-the-tests-0123456789")]
    [InlineData("token-of-the-tests-0123456789")]
    [InlineData("BearerX token-of-the-tests-0123456789")]
    public async Task Who_does_not_bear_the_token_is_told_how_and_sees_nothing(string? authorization)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/api/v1/apps"), (HttpMethod.Get, "/api/v1/orders"), (HttpMethod.Post, "/api/v1/orders"), (HttpMethod.Put, "/api/v1/apps/1"), (HttpMethod.Get, "/api/v1/nothing") })
        {
            using var request = new HttpRequestMessage(method, path);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
            using var response = await service.Http.SendAsync(request);
            var problem = await Native.AssertProblemAsync(response, HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
            Assert.DoesNotContain(Service.Token, problem.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bearer token-of-the-tests-0123456789")]
    [InlineData("BEARER   token-of-the-tests-0123456789")]
    public async Task The_schemes_case_does_not_matter(string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/apps");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_actor_is_bounded_and_has_no_control_characters()
    {
        var game = await service.NewGameAsync();
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        foreach (var actor in new[] { new string('a', 129), "a\tb" })
        {
            using var response = await service.SendAsync(HttpMethod.Post, $"/api/v1/orders/{id}/close", new { reason = "x" }, ("X-Actor", actor));
            await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        }
        Assert.Equal(("unpaid", "created"), Native.StateOf(await service.OrderAsync(id)));
        Assert.Equal(HttpStatusCode.OK, (await service.ActAsync(id, "close", new { reason = "x" }, ("X-Actor", new string('a', 128)))).Status);
        Assert.Equal(128, (await service.OrderAsync(id)).GetProperty("acts")[0].GetProperty("actor").GetString()!.Length);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v1/")]
    [InlineData("GET", "/api/v1/apps/1/nothing")]
    [InlineData("GET", "/api/v1/apps/name.with.dots")]
    [InlineData("GET", "/api/v1/nothing/file.json")]
    [InlineData("POST", "/api/v1/orders/1/nothing")]
    [InlineData("POST", "/api/v1/orders/1/close.php")]
    [InlineData("GET", "/api/v1/orders/12345")]
    [InlineData("GET", "/api/v1/orders/1%2F2")]
    [InlineData("GET", "/api/v1/orders/999999999999999999999999999999999999999999")]
    [InlineData("GET", "/api/v1/apps/9999999999")]
    public async Task What_is_not_there_is_a_404_problem(string method, string path)
    {
        using var response = await service.SendAsync(new HttpMethod(method), path, method == "GET" ? null : new { reason = "x" });
        await Native.AssertProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/apps/1")]
    [InlineData("PATCH", "/api/v1/orders/1")]
    [InlineData("PUT", "/api/v1/orders")]
    public async Task Another_method_is_a_problem_too(string method, string path)
    {
        using var response = await service.RawAsync(new HttpMethod(method), path, "{}");
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        await Native.AssertProblemAsync(response, response.StatusCode);
    }
}

/// <summary>A service in Production without <c>Admin:Token</c>.</summary>
public sealed class ClosedService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Admin:Token="];
}

public sealed class ClosedAccessTests(ClosedService service) : IClassFixture<ClosedService>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer token-of-the-tests-0123456789")]
    public async Task Without_a_token_in_Production_the_native_api_is_closed(string? authorization)
    {
        foreach (var path in new[] { "/api/v1/apps", "/api/v1/orders", "/api/v1/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
            using var response = await service.Http.SendAsync(request);
            var problem = await Native.AssertProblemAsync(response, HttpStatusCode.Forbidden);
            Assert.Contains("Admin:Token", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        }
    }
}
