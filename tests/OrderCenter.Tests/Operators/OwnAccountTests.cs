using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Operators;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>What a stolen session must not do with its operator's account, and what counts as a failed sign-in.</summary>
public sealed class OwnAccountTests : IClassFixture<Service>
{
    private readonly Service _service;

    /// <summary>Each test begins after the window of failures, so that one does not lock out the next.</summary>
    public OwnAccountTests(Service service) => (_service = service).Clock.Advance(TimeSpan.FromMinutes(16));

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_factor_is_drawn_under_the_password_only_and_guessing_it_locks()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        foreach (var body in new object[] { new { }, new { password = "" }, new { password = (string?)null } })
        {
            var (missing, problem) = await person.CallAsync(HttpMethod.Post, "/session/totp", body);
            Assert.Equal((HttpStatusCode.BadRequest, "password"), (missing, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
        for (var i = 0; i < 5; i++)
        {
            var (wrong, problem) = await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = "a wrong password " + i });
            Assert.Equal((HttpStatusCode.BadRequest, "password"), (wrong, problem.GetProperty("errors")[0].GetProperty("field").GetString()));
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = Person.Password })).Status);
        Assert.Equal(1, await LocksAsync(person.Name));

        _service.Clock.Advance(TimeSpan.FromMinutes(16));
        var (status, drawn) = await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEmpty(drawn.GetProperty("secret").GetString()!);
        Assert.False((await person.CallAsync(HttpMethod.Get, "/session")).Json.GetProperty("hasSecondFactor").GetBoolean());
    }

    [Fact]
    public async Task After_a_change_of_the_password_the_session_goes_on_under_another_cookie_and_the_old_one_is_void()
    {
        using var person = await Person.NewAsync(_service, "admin");
        using var thief = new Person(_service.Http.BaseAddress!) { Name = person.Name, Cookie = person.Cookie, Csrf = person.Csrf };
        Assert.Equal(HttpStatusCode.OK, (await thief.CallAsync(HttpMethod.Get, "/apps")).Status);
        const string Next = "quite another password";
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = Person.Password, newPassword = Next })).Status);
        Assert.NotEqual(thief.Cookie, person.Cookie);
        Assert.NotEqual(thief.Csrf, person.Csrf);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.CallAsync(HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await person.CallAsync(HttpMethod.Post, "/orders/1/close", new { reason = "x" })).Status);

        // It does not begin anew: it is as old as it was.
        _service.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(HttpStatusCode.Unauthorized, (await person.CallAsync(HttpMethod.Get, "/apps")).Status);
    }

    [Fact]
    public async Task A_sign_in_whose_password_nobody_had_time_to_look_at_is_no_failure()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var passwords = _service.Services.GetRequiredService<Passwords>();
        var crowd = Enumerable.Range(0, 100).Select(_ => CrowdAsync(passwords, enough.Token)).ToList();
        var (busy, looked) = (0, 0);
        while (busy < 10 && looked < 4)
        {
            var (status, _) = await person.SignInAsync("a wrong password");
            Assert.Contains(status, new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized });
            _ = status == HttpStatusCode.ServiceUnavailable ? busy++ : looked++;
        }
        await enough.CancelAsync();
        await Task.WhenAll(crowd);
        Assert.Equal(10, busy);
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync()).Status);
    }

    /// <summary>Takes a place among those whose passwords are looked at, and the next as soon as it is free.</summary>
    private static async Task CrowdAsync(Passwords passwords, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await passwords.HashAsync("a password of the crowd", enough);
            }
            catch (DatabaseBusyException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // It is enough.
            }
        }
    }

    [Fact]
    public async Task A_lock_of_a_name_is_in_the_audit_log_once_however_many_are_refused()
    {
        using var person = await Person.NewAsync(_service, "viewer");
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(i < 5 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, (await person.SignInAsync("wrong password " + i)).Status);
        }
        Assert.Equal(1, await LocksAsync(person.Name));

        // It opens, and is locked again.
        _service.Clock.Advance(TimeSpan.FromMinutes(16));
        await Task.WhenAll(Enumerable.Range(0, 9).Select(i => person.SignInAsync("wrong password " + i)));
        Assert.Equal(2, await LocksAsync(person.Name));
    }

    [Fact]
    public async Task A_lock_of_an_address_is_in_the_audit_log_once()
    {
        var before = await LocksAsync("-");
        for (var i = 0; i < 24; i++)
        {
            using var stranger = new Person(_service.Http.BaseAddress!) { Name = Person.NewName("stranger") };
            await stranger.SignInAsync("a wrong password");
        }
        Assert.Equal(before + 1, await LocksAsync("-"));
        var entry = (await _service.GetAsync("/audit?actor=-&action=session.locked")).GetProperty("items")[0];
        Assert.Contains("20 failures of this address", entry.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", entry.GetProperty("address").GetString());
    }

    [Fact]
    public async Task A_request_that_was_judged_before_its_session_ended_does_not_prolong_it()
    {
        var (name, _) = await Person.MakeAsync(_service, "viewer");
        var database = _service.Services.GetRequiredService<Database>();
        var clock = new StartledClock();
        var sessions = new Sessions(database, clock);
        var secret = Sessions.Draw();
        var one = await database.ReadAsync(transaction => OperatorTable.FindAsync(transaction, name), Now);
        await database.WriteAsync(transaction => Sessions.InsertAsync(transaction, secret, one!, clock.FirstMs - 60_000), Now);
        Assert.NotNull(await sessions.FindAsync(secret, Now));
        Assert.Null(await sessions.FindAsync(secret, Now));
    }

    private async Task<int> LocksAsync(string actor) =>
        (await _service.GetAsync($"/audit?actor={actor}&action=session.locked&limit=200")).GetProperty("items").GetArrayLength();

    /// <summary>After it was looked at once, it is an hour and a half later.</summary>
    private sealed class StartledClock : TimeProvider
    {
        private int _looks;

        public long FirstMs { get; } = 1_800_000_000_000;

        public override DateTimeOffset GetUtcNow() =>
            DateTimeOffset.FromUnixTimeMilliseconds(FirstMs).AddMinutes(Interlocked.Increment(ref _looks) == 1 ? 0 : 90);
    }
}
