using System.Net;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;
using OtpNet;

namespace OrderCenter.Tests.Operators;

/// <summary>contract.md, "Operators, sessions, tokens": signing in, how long a session holds, and what its writes carry.</summary>
public sealed class SignInTests : IClassFixture<Service>
{
    private readonly Service _service;

    /// <summary>Each test begins after the window of failures, so that one does not lock out the next.</summary>
    public SignInTests(Service service) => (_service = service).Clock.Advance(TimeSpan.FromMinutes(16));

    [Fact]
    public async Task The_cookie_is_for_this_site_and_no_script_and_the_session_says_who_it_is()
    {
        var (name, first) = await Person.MakeAsync(_service, "support", 7);
        using var person = new Person(_service.Http.BaseAddress!) { Name = name.ToUpperInvariant() };
        using var response = await person.SendAsync(HttpMethod.Post, "/session", new { name, password = first }, isPlain: true);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("ordercenter_session=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(first)).Status);
        var (status, who) = await person.CallAsync(HttpMethod.Get, "/session");
        Assert.Equal((HttpStatusCode.OK, name, "support", true), (status, who.GetProperty("name").GetString(), who.GetProperty("role").GetString(), who.GetProperty("mustChangePassword").GetBoolean()));
        Assert.Equal(7, Assert.Single(who.GetProperty("games").EnumerateArray()).GetInt64());
        Assert.Equal(person.Csrf, who.GetProperty("csrfToken").GetString());
    }

    [Fact]
    public async Task Until_the_first_password_is_changed_every_other_call_is_refused()
    {
        var (name, first) = await Person.MakeAsync(_service, "admin");
        using var person = new Person(_service.Http.BaseAddress!) { Name = name };
        await person.SignInAsync(first);
        foreach (var (method, path) in new[] { (HttpMethod.Get, "/apps"), (HttpMethod.Get, "/orders"), (HttpMethod.Post, "/orders"), (HttpMethod.Get, "/audit"), (HttpMethod.Post, "/session/totp") })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await person.CallAsync(method, path, method == HttpMethod.Post ? new { } : null)).Status);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = first, newPassword = "too short" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = first, newPassword = first })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = "another than that", newPassword = Person.Password })).Status);
        var (status, json) = await person.CallAsync(HttpMethod.Put, "/session/password", new { password = first, newPassword = Person.Password });
        Assert.Equal((HttpStatusCode.OK, false), (status, json.GetProperty("mustChangePassword").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync(first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    [Fact]
    public async Task A_wrong_name_a_wrong_password_and_a_wrong_code_get_one_answer()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        await EnrolAsync(person);
        using var nobody = new Person(_service.Http.BaseAddress!) { Name = Person.NewName("nobody") };
        var answers = new List<string>();
        foreach (var (one, password, code) in new[] { (nobody, Person.Password, null), (person, "another password", null), (person, Person.Password, null), (person, Person.Password, "000000") })
        {
            var (status, json) = await one.SignInAsync(password, code);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            answers.Add(json.GetRawText());
        }
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":null,"password":null}""")]
    [InlineData("""{"name":"","password":""}""")]
    [InlineData("""{"name":"a\u0000b","password":"a\u0000b","code":"1"}""")]
    public async Task What_is_no_name_and_no_password_is_refused_like_a_wrong_one(string body)
    {
        using var response = await _service.RawAsync(HttpMethod.Post, "/api/v1/session", body);
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests });
    }

    [Fact]
    public async Task Five_failures_lock_a_name_for_a_quarter_of_an_hour_the_right_password_too()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync("wrong password " + i)).Status);
        }
        using (var locked = await person.SendAsync(HttpMethod.Post, "/session", new { name = person.Name, password = Person.Password }, isPlain: true))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
            Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 900);
        }

        // The session that he has goes on.
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
        _service.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await person.SignInAsync()).Status);
        _service.Clock.Advance(TimeSpan.FromMinutes(1.1));
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    [Fact]
    public async Task Twenty_failures_lock_an_address_whatever_the_names()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        _service.Clock.Advance(TimeSpan.FromMinutes(16));
        var statuses = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            using var stranger = new Person(_service.Http.BaseAddress!) { Name = Person.NewName("stranger") };
            return (await stranger.SignInAsync("a wrong password")).Status;
        }));
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.Unauthorized), 20, 22);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await person.SignInAsync()).Status);
        _service.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    [Fact]
    public async Task The_second_factor_is_confirmed_by_a_code_and_each_code_is_used_once()
    {
        using var person = await Person.NewAsync(_service, "finance");
        var secret = await EnrolAsync(person);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync()).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync(code: Code(secret))).Status);
        _service.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = Code(secret);
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(code: code)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync(code: code)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await person.CallAsync(HttpMethod.Post, "/session/totp", new { })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.CallAsync(HttpMethod.Delete, "/session/totp", new { code = "12345x" })).Status);
        _service.Clock.Advance(TimeSpan.FromSeconds(30));
        var (status, left) = await person.CallAsync(HttpMethod.Delete, "/session/totp", new { code = Code(secret) });
        Assert.Equal((HttpStatusCode.OK, false), (status, left.GetProperty("enrolled").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    [Fact]
    public async Task A_session_ends_after_an_hour_unused_and_after_twelve_hours()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        for (var minutes = 0; minutes < 11 * 60; minutes += 59)
        {
            _service.Clock.Advance(TimeSpan.FromMinutes(59));
            Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
        }
        _service.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
        _service.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
    }

    [Fact]
    public async Task A_session_ends_at_sign_out_and_when_its_operator_is_changed_or_disabled()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        Assert.Equal(HttpStatusCode.NoContent, (await person.CallAsync(HttpMethod.Delete, "/session")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/session")).Status);

        foreach (var change in new object[] { new { role = "support" }, new { games = new[] { 5 } }, new { disabled = true } })
        {
            await person.SignInAsync();
            Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
            Assert.Equal(HttpStatusCode.OK, (await _service.CallAsync(HttpMethod.Patch, $"/api/v1/operators/{person.Name}", change)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.SignInAsync()).Status);
    }

    [Fact]
    public async Task Changing_the_password_ends_the_other_sessions_and_keeps_this_one()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        using var elsewhere = new Person(_service.Http.BaseAddress!) { Name = person.Name };
        await elsewhere.SignInAsync();
        const string Next = "quite another password";
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = Person.Password, newPassword = Next })).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.CallAsync(HttpMethod.Get, "/apps")).Status);
    }

    [Fact]
    public async Task A_write_without_the_sessions_token_or_from_another_site_does_nothing()
    {
        using var person = await Person.NewAsync(_service, "admin");
        using var other = await Person.NewAsync(_service, "admin");
        var gameId = Service.NewGameId();
        var body = new { name = "a game", protocol = "OrderApi", secret = "B8899E2039DF87E2" };
        foreach (var headers in new (string, string)[][]
        {
            [("X-CSRF-Token", "")], [("X-CSRF-Token", other.Csrf!)], [("X-CSRF-Token", person.Csrf![..^1])],
            [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
        })
        {
            var (status, json) = await person.CallAsync(HttpMethod.Put, $"/apps/{gameId}", body, headers);
            Assert.True(status == HttpStatusCode.Forbidden, json.GetRawText());
        }
        Assert.Equal(HttpStatusCode.NotFound, (await person.CallAsync(HttpMethod.Get, $"/apps/{gameId}")).Status);
        var own = _service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.Created, (await person.CallAsync(HttpMethod.Put, $"/apps/{gameId}", body, ("Origin", own), ("Sec-Fetch-Site", "same-origin"))).Status);
        using var foreign = await person.SendAsync(HttpMethod.Post, "/session", new { name = person.Name, password = Person.Password }, isPlain: true, ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("v1.00000000.AAAA")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_forged_cookie_is_no_session(string value)
    {
        using var person = await Person.NewAsync(_service, "admin");
        var real = person.Cookie!;
        foreach (var cookie in new[] { "ordercenter_session=" + value, real[..^4] + "AAAA", real + "A", real.Replace("ordercenter_session=", "ordercenter_session=A", StringComparison.Ordinal) })
        {
            person.Cookie = cookie;
            Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/session")).Status);
        }
    }

    [Fact]
    public async Task A_bearer_token_beside_a_cookie_counts_alone()
    {
        using var person = await Person.NewAsync(_service, "admin");
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/apps", null, ("Authorization", "Bearer wrong"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await person.CallAsync(HttpMethod.Get, "/session", null, ("Authorization", "Bearer " + Service.Token))).Status);
    }

    private async Task<string> EnrolAsync(Person person)
    {
        var (drawn, json) = await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, drawn);
        var secret = json.GetProperty("secret").GetString()!;
        Assert.StartsWith("otpauth://totp/OrderCenter:", json.GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.CallAsync(HttpMethod.Post, "/session/totp", new { code = "000000" })).Status);
        var (status, enrolled) = await person.CallAsync(HttpMethod.Post, "/session/totp", new { code = Code(secret) });
        Assert.True(status == HttpStatusCode.OK && enrolled.GetProperty("enrolled").GetBoolean(), enrolled.GetRawText());
        return secret;
    }

    private string Code(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(_service.Clock.GetUtcNow().UtcDateTime);
}
