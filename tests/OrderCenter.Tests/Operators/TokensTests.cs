using System.Net;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>contract.md, "Operators, sessions, tokens": API tokens of machines, and the operators themselves.</summary>
public sealed class TokensTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task A_token_is_shown_once_and_void_once_it_is_deleted()
    {
        var name = Person.NewName("machine");
        var (status, made) = await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name, role = "viewer", games = (long[]?)null });
        Assert.Equal(HttpStatusCode.Created, status);
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
        Assert.StartsWith("oct_", secret, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name, role = "admin" })).Status);

        var list = await service.GetAsync("/tokens?limit=200");
        Assert.DoesNotContain(secret, list.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(list.GetProperty("items").EnumerateArray(), token => token.GetProperty("id").GetString() == id && token.GetProperty("name").GetString() == name);
        Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(secret, HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.WithTokenAsync(secret[..^1] + (secret[^1] == 'A' ? 'B' : 'A'), HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await service.WithTokenAsync(Service.Token, HttpMethod.Delete, "/tokens/" + id)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.WithTokenAsync(secret, HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.WithTokenAsync(Service.Token, HttpMethod.Delete, "/tokens/" + id)).Status);
    }

    [Fact]
    public async Task A_token_expires()
    {
        var expiresAt = (service.Clock.GetUtcNow() + TimeSpan.FromHours(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var secret = await service.NewTokenAsync("viewer", expiresAt: expiresAt);
        Assert.Equal(HttpStatusCode.OK, (await service.WithTokenAsync(secret, HttpMethod.Get, "/apps")).Status);
        service.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.WithTokenAsync(secret, HttpMethod.Get, "/apps")).Status);
    }

    [Theory]
    [InlineData("""{"name":"","role":"viewer"}""", "name")]
    [InlineData("""{"name":"a\tb","role":"viewer"}""", "name")]
    [InlineData("""{"name":"a","role":"root"}""", "role")]
    [InlineData("""{"name":"a"}""", "role")]
    [InlineData("""{"name":"a","role":"viewer","games":[]}""", "games")]
    [InlineData("""{"name":"a","role":"viewer","games":[0]}""", "games")]
    [InlineData("""{"name":"a","role":"viewer","expiresAt":"tomorrow"}""", "expiresAt")]
    [InlineData("""{"name":"a","role":"viewer","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"a","role":"viewer","more":1}""", "more")]
    public async Task A_token_that_is_ill_described_is_refused_by_field(string body, string field)
    {
        using var response = await service.RawAsync(HttpMethod.Post, "/api/v1/tokens", body);
        var problem = await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("POST", "/operators", """{"name":"a b","role":"viewer"}""")]
    [InlineData("POST", "/operators", """{"name":"x","role":"Admin"}""")]
    [InlineData("POST", "/operators", """{"name":"x","role":"viewer","games":["1"]}""")]
    [InlineData("PATCH", "/operators/x", "{}")]
    [InlineData("PATCH", "/operators/x", """{"games":[1.5]}""")]
    [InlineData("PATCH", "/operators/x", """{"games":{}}""")]
    [InlineData("PATCH", "/operators/x", """{"role":""}""")]
    public async Task An_operator_that_is_ill_described_is_refused(string method, string path, string body)
    {
        using var response = await service.RawAsync(new HttpMethod(method), "/api/v1" + path, body);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_operators_password_is_reset_and_unlocks_him_and_names_are_one_without_case()
    {
        using var person = await Person.NewAsync(service, "support");
        Assert.Equal(HttpStatusCode.Conflict, (await service.CallAsync(HttpMethod.Post, "/api/v1/operators", new { name = person.Name.ToUpperInvariant(), role = "viewer" })).Status);
        for (var i = 0; i < 5; i++)
        {
            await person.SignInAsync("wrong password " + i);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await person.SignInAsync()).Status);
        var (status, reset) = await service.CallAsync(HttpMethod.Patch, $"/api/v1/operators/{person.Name}", new { resetPassword = true, resetTotp = true });
        Assert.Equal((HttpStatusCode.OK, true), (status, reset.GetProperty("mustChangePassword").GetBoolean()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(reset.GetProperty("password").GetString()!)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await service.CallAsync(HttpMethod.Patch, "/api/v1/operators/nobody-of-this-name", new { disabled = true })).Status);
    }

    [Fact]
    public async Task Operators_come_in_pages()
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            made.Add((await Person.MakeAsync(service, "viewer")).Name);
        }
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await service.GetAsync("/operators?limit=2" + cursor);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("name").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
        Assert.Superset(made, seen.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_is_kept_for_one_caller_is_not_given_to_another()
    {
        var game = await service.NewGameAsync();
        var (one, other) = (await service.NewTokenAsync("support"), await service.NewTokenAsync("support"));
        var order = Native.NewOrder(game.GameId, "idem-" + game.GameId);
        var first = await service.WithTokenAsync(one, HttpMethod.Post, "/orders", order, ("Idempotency-Key", "the-same-key"));
        var second = await service.WithTokenAsync(other, HttpMethod.Post, "/orders", order, ("Idempotency-Key", "the-same-key"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, second.Status));
    }
}
