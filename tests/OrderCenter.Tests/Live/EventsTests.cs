using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Alerts;
using OrderCenter.Api.Live;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>contract.md, "Finding, counting, live": GET /events.</summary>
public sealed class EventsTests(LiveService service) : IClassFixture<LiveService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_arrives_within_two_seconds_and_says_which_order_and_what()
    {
        using var person = await Person.NewAsync(service, "viewer");
        var game = await service.NewGameAsync();
        using var events = await EventReader.OfAsync(await person.OpenAsync("/events"));
        var headers = events.Response.Headers;
        Assert.Equal(("text/event-stream", "no-store", "no"), (events.Response.Content.Headers.ContentType?.MediaType, headers.CacheControl?.ToString(), Assert.Single(headers.GetValues("X-Accel-Buffering"))));

        var order = await service.CreateAsync(Native.NewOrder(game.GameId));
        var since = TimeProvider.System.GetTimestamp();
        var data = await events.UntilOrderAsync(order);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 2);
        Assert.Contains((order, long.Parse(game.GameId, System.Globalization.CultureInfo.InvariantCulture), "order.created"), EventReader.Orders(data));

        await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "T" + order, money = "6.5", currency = "CNY" });
        since = TimeProvider.System.GetTimestamp();
        data = await events.UntilOrderAsync(order, "order.paid");
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 2);
        Assert.True(data.GetProperty("callbacks").GetBoolean());
    }

    [Fact]
    public async Task What_needs_a_person_is_told_when_it_changes()
    {
        var game = await service.NewGameAsync();
        using var events = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer", [long.Parse(game.GameId, System.Globalization.CultureInfo.InvariantCulture)]));
        var order = await service.CreateAsync(Native.NewOrder(game.GameId));

        // Another amount than its own holds it.
        await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "T" + order, money = "1", currency = "CNY" });
        var since = TimeProvider.System.GetTimestamp();
        while (await events.NextAsync() is not var (_, data) || !data.GetProperty("work").GetBoolean())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 15);
        }
    }

    [Fact]
    public async Task An_alert_is_told_of_when_it_is_raised_and_when_it_is_acknowledged()
    {
        var game = await service.NewGameAsync();
        var gameId = long.Parse(game.GameId, System.Globalization.CultureInfo.InvariantCulture);
        using var events = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer", [gameId]));

        // Seen now: the service does not end it within the next minute.
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var alert = new Alert
        {
            Id = AlertWriter.NewId(nowMs), Condition = AlertConditions.CallbacksExhausted.Name, Subject = "game " + game.GameId, GameId = gameId,
            Severity = AlertSeverity.Warning, Value = 1, Threshold = 1, RaisedMs = nowMs, SeenMs = nowMs, Told = 1,
        };
        await service.Services.GetRequiredService<Database>().WriteAsync(transaction => AlertTable.OpenAsync(transaction, alert), Now);
        await UntilAlertsAsync();
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/alerts/{alert.Id}/acknowledge", new { });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        await UntilAlertsAsync();

        async Task UntilAlertsAsync()
        {
            var since = TimeProvider.System.GetTimestamp();
            while (await events.NextAsync() is not var (_, data) || !data.GetProperty("alerts").GetBoolean())
            {
                Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 15);
            }
        }
    }

    [Fact]
    public async Task Who_is_limited_to_games_hears_of_no_other()
    {
        var (own, other) = (await service.NewGameAsync(), await service.NewGameAsync());
        var gameId = long.Parse(own.GameId, System.Globalization.CultureInfo.InvariantCulture);
        using var limited = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer", [gameId]));
        using var all = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer"));
        for (var i = 0; i < 5; i++)
        {
            await service.CreateAsync(Native.NewOrder(other.GameId));
        }
        var last = await service.CreateAsync(Native.NewOrder(other.GameId));
        await all.UntilOrderAsync(last);
        var order = await service.CreateAsync(Native.NewOrder(own.GameId));
        var data = await limited.UntilOrderAsync(order);
        Assert.Equal(1, data.GetProperty("count").GetInt64());
        Assert.All(EventReader.Orders(data), changed => Assert.Equal(gameId, changed.GameId));
        Assert.False(data.GetProperty("more").GetBoolean());
    }

    [Fact]
    public async Task Ten_thousand_changes_are_at_most_four_messages_a_second_with_the_newest_fifty()
    {
        const int Changes = 10_000;
        var gameId = Service.NewGameId();
        using var events = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer", [gameId]));
        var database = service.Services.GetRequiredService<Database>();
        await Task.WhenAll(Enumerable.Range(0, Changes / 100).Select(batch => database.WriteAsync(
            transaction =>
            {
                for (var i = 0; i < 100; i++)
                {
                    var id = OrderId.FromStore($"{gameId}{(batch * 100) + i:D6}");
                    ChangeTable.Note(transaction, new Change(id, 0, gameId, ChangeEvent.Created, OrderState.New, null, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), null));
                }
                return ValueTask.FromResult(true);
            },
            Now)));
        var told = 0L;
        var times = new List<long>();
        while (told < Changes)
        {
            var (_, data) = (await events.NextAsync())!.Value;
            times.Add(TimeProvider.System.GetTimestamp());
            told += data.GetProperty("count").GetInt64();
            Assert.InRange(data.GetProperty("orders").GetArrayLength(), 1, 50);
            Assert.Equal(data.GetProperty("count").GetInt64() > data.GetProperty("orders").GetArrayLength(), data.GetProperty("more").GetBoolean());
        }
        Assert.Equal(Changes, told);

        // The first and the fifth after it are a second apart, but for what the network adds.
        Assert.All(times.Zip(times.Skip(4)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromMilliseconds(850)));
    }

    [Fact]
    public async Task Another_site_is_refused_and_so_is_who_has_no_session()
    {
        using var person = await Person.NewAsync(service, "admin");
        foreach (var (name, value) in new[] { ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site") })
        {
            using var refused = await person.OpenAsync("/events", (name, value));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using (var own = await EventReader.OfAsync(await person.OpenAsync("/events", ("Origin", service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)))))
        {
        }
        using var nobody = await service.Http.GetAsync(new Uri("/api/v1/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Now);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
    }

    [Fact]
    public async Task An_operator_has_ten_streams_at_most_and_one_that_is_closed_makes_room()
    {
        using var person = await Person.NewAsync(service, "viewer");
        var open = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await EventReader.OfAsync(await person.OpenAsync("/events"))));
        using (var refused = await person.OpenAsync("/events"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        open[0].Dispose();
        await Until.TrueAsync(() => service.CountOf($"session {person.Name}") == 9);
        open[0] = await EventReader.OfAsync(await person.OpenAsync("/events"));
        foreach (var one in open)
        {
            one.Dispose();
        }
    }

    [Fact]
    public void The_session_is_looked_at_at_least_once_a_minute() => Assert.InRange(new LiveOptions().Recheck.TotalSeconds, 0, 60);

    [Fact]
    public async Task What_happened_before_somebody_came_is_not_told_to_him()
    {
        var game = await service.NewGameAsync();
        await service.CreateAsync(Native.NewOrder(game.GameId));
        await Until.TrueAsync(async () => (await service.GetAsync($"/changes?gameId={game.GameId}")).GetProperty("items").GetArrayLength() == 1);
        await Until.TrueAsync(() => service.Hub.Streams.IsEmpty);
        await service.Hub.StepAsync(Now);
        var (stream, _) = service.Hub.TryOpen("test", GameLimit.None);
        try
        {
            await service.Hub.StepAsync(Now);
            Assert.Equal((true, (LiveJson?)null), stream!.Take());
        }
        finally
        {
            service.Hub.Close(stream!);
        }
    }
}
