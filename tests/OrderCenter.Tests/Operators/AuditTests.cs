using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>contract.md, "Operators, sessions, tokens": the audit log says who did what, hides secrets, and shows where it was tampered with.</summary>
public sealed class AuditTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_says_who_from_where_in_which_role_what_and_why()
    {
        using var person = await Person.NewAsync(service, "support");
        var game = await service.NewGameAsync();
        var order = await service.CreateAsync(Native.NewOrder(game.GameId));
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Post, $"/orders/{order}/close", new { reason = "player left" }, ("X-Actor", "somebody else"))).Status);
        var entry = Assert.Single(await EntriesAsync($"actor={person.Name}&action=order"));
        Assert.Equal(
            (person.Name, "session", "support", "127.0.0.1", "order.close", order, "unpaid/created", "unpaid/closed", "player left"),
            (Text(entry, "actor"), Text(entry, "via"), Text(entry, "role"), Text(entry, "address"), Text(entry, "action"), Text(entry, "target"), Text(entry, "from"), Text(entry, "to"), Text(entry, "reason")));
        Assert.Equal(game.GameId, entry.GetProperty("gameId").GetRawText());
        var act = (await service.OrderAsync(order)).GetProperty("acts")[0];
        Assert.Equal(person.Name, act.GetProperty("actor").GetString());
    }

    [Fact]
    public async Task Under_a_token_the_actor_is_the_token_and_under_the_installations_whoever_is_named()
    {
        var token = await service.NewTokenAsync("support");
        var game = await service.NewGameAsync();
        var first = await service.WithTokenAsync(token, HttpMethod.Post, "/orders", Native.NewOrder(game.GameId), ("X-Actor", "mei"));
        var second = await service.CallAsync(HttpMethod.Post, "/api/v1/orders", Native.NewOrder(game.GameId), ("X-Actor", "mei"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, second.Status));
        var entries = await EntriesAsync($"gameId={game.GameId}&action=order.create");
        Assert.Equal(2, entries.Count);
        Assert.Equal(("mei", "installation"), (Text(entries[0], "actor"), Text(entries[0], "via")));
        Assert.StartsWith("token.", Text(entries[1], "actor"), StringComparison.Ordinal);
        Assert.Equal("token", Text(entries[1], "via"));
    }

    [Fact]
    public async Task Secrets_are_masked_and_changes_are_told_field_by_field()
    {
        var game = await service.NewGameAsync(new { callbackUrl = "https://game.example/a" }, secret: "the-very-secret-of-the-app");
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { callbackUrl = "https://game.example/b" });
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { channels = new { wechat = new { apiV3Key = "0123456789abcdef0123456789abcdef" } } });
        await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{game.GameId}/secrets", new { secret = "another-secret-of-the-app", previousValidSeconds = 60 });
        var entries = await EntriesAsync($"gameId={game.GameId}&action=app");
        Assert.Equal(["app.rotate-secret", "app.change", "app.create"], entries.Select(entry => Text(entry, "action")).Where(action => action != "").Distinct(StringComparer.Ordinal));
        var all = string.Concat(entries.Select(entry => entry.GetRawText()));
        Assert.DoesNotContain("secret-of-the-app", all, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", all, StringComparison.Ordinal);
        var change = entries.Single(entry => Text(entry, "to").Contains("game.example/b", StringComparison.Ordinal));
        Assert.Equal("""{"callbackUrl":"https://game.example/a"}""", Text(change, "from"));
        Assert.Equal("""{"callbackUrl":"https://game.example/b"}""", Text(change, "to"));
    }

    [Fact]
    public async Task Sign_ins_are_told_and_refused_ones_without_what_was_typed_as_a_name()
    {
        using var person = await Person.NewAsync(service, "viewer");
        await person.SignInAsync("a wrong password");
        using var stranger = new Person(service.Http.BaseAddress!) { Name = "my-password-typed-as-name" };
        await stranger.SignInAsync("x");
        var own = await EntriesAsync($"actor={person.Name}&action=session");
        Assert.Equal(["session.refused", "session.password", "session.begin"], own.Select(entry => Text(entry, "action")));
        Assert.Equal("wrong password", Text(own[0], "reason"));
        var refused = (await EntriesAsync("actor=-&action=session.refused"))[0];
        Assert.DoesNotContain("my-password", refused.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", Text(refused, "address"));
    }

    [Fact]
    public async Task What_is_refused_or_repeated_writes_no_entry()
    {
        var game = await service.NewGameAsync();
        var order = await service.CreateAsync(Native.NewOrder(game.GameId));
        var actor = Person.NewName("actor");
        Assert.Equal(HttpStatusCode.Conflict, (await service.ActAsync(order, "refund", new { reason = "x" }, ("X-Actor", actor))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.ActAsync(order, "close", new { }, ("X-Actor", actor))).Status);
        Assert.Empty(await EntriesAsync("actor=" + actor));
        for (var i = 0; i < 2; i++)
        {
            await service.ActAsync(order, "close", new { reason = "x" }, ("X-Actor", actor));
        }
        Assert.Single(await EntriesAsync("actor=" + actor));
    }

    [Theory]
    [InlineData("action=A")]
    [InlineData("action=order%25")]
    [InlineData("from=yesterday")]
    [InlineData("gameId=nothing")]
    [InlineData("cursor=x")]
    [InlineData("who=me")]
    public async Task A_filter_that_is_none_is_refused(string query)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1/audit?" + query);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Entries_come_in_pages_and_each_follows_the_one_before_it()
    {
        for (var i = 0; i < 5; i++)
        {
            await service.NewGameAsync();
        }
        var (seen, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await service.GetAsync("/audit?limit=3" + cursor);
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);
        var ordered = seen.OrderBy(entry => entry.GetProperty("number").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, ordered.Count).Select(number => (long)number), ordered.Select(entry => entry.GetProperty("number").GetInt64()));
        Assert.Equal("", Text(ordered[0], "previousHash"));
        Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.Equal(Text(pair.First, "hash"), Text(pair.Second, "previousHash")));
    }

    private async Task<List<JsonElement>> EntriesAsync(string query) =>
        [.. (await service.GetAsync("/audit?limit=200&" + query)).GetProperty("items").EnumerateArray()];

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? "";
}

/// <summary>Each tampering has a database of its own.</summary>
public sealed class AuditTamperingTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("UPDATE audit_entries SET reason = 'player lefT' WHERE number = 4", 4, "it was changed")]
    [InlineData("UPDATE audit_entries SET role = 'viewer' WHERE number = 4", 4, "it was changed")]
    [InlineData("UPDATE audit_entries SET at_ms = at_ms + 1 WHERE number = 2", 2, "it was changed")]
    [InlineData("UPDATE audit_entries SET hash = previous_hash WHERE number = 3", 3, "it was changed")]
    [InlineData("DELETE FROM audit_entries WHERE number = 3", 3, "it is missing")]
    [InlineData("DELETE FROM audit_entries WHERE number = 1", 1, "it is missing")]
    [InlineData("DELETE FROM audit_entries WHERE number = 6", 6, "it is missing")]
    [InlineData("UPDATE audit_entries SET number = 11 - number WHERE number = 5 OR number = 6", 5, "it does not follow the entry before it")]
    [InlineData("UPDATE audit_entries SET number = NULL, hash = NULL WHERE number = 2", 2, "it is missing")]
    [InlineData("UPDATE audit_entries SET number = 3 WHERE number = 6", 4, "there is another entry of the number 3")]
    [InlineData("UPDATE audit_head SET hash = 'x'", 6, "it is not the entry that the chain ended with")]
    public async Task A_changed_removed_or_moved_entry_is_found(string sql, int number, string fault)
    {
        await using var service = new Service();
        await service.InitializeAsync();
        var game = await service.NewGameAsync();
        for (var i = 0; i < 2; i++)
        {
            var order = await service.CreateAsync(Native.NewOrder(game.GameId));
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            await service.ActAsync(order, "close", new { reason = "player left" });
            service.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{game.GameId}", new { name = "another name" });
        var intact = await service.GetAsync("/audit/verify");
        Assert.Equal((6, true), (intact.GetProperty("entries").GetInt64(), intact.GetProperty("intact").GetBoolean()));

        await service.Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.ExecuteAsync(sql), Now);
        var broken = await service.GetAsync("/audit/verify");
        Assert.False(broken.GetProperty("intact").GetBoolean());
        Assert.Equal((number, fault), (broken.GetProperty("broken").GetProperty("number").GetInt32(), broken.GetProperty("broken").GetProperty("fault").GetString()));
    }
}
