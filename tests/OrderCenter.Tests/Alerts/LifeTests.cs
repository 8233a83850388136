using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrderCenter.Alerts;
using OrderCenter.Hosting.Workers;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>An alert from its beginning to its end: one for each condition and subject, told again until somebody looks after it, over restarts and nodes.</summary>
public sealed class LifeTests : IAsyncLifetime
{
    private readonly Alarmed _service = new();
    private SinkReceiver _receiver = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _receiver = await SinkReceiver.StartAsync(_service.Clock);

        // Only what the tests are about: a clock that jumps by hours looks like a database that does not answer.
        await _service.SetSinksAsync(_receiver.Sink("webhook", conditions: ["disk.space"]));
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task What_goes_on_is_one_alert_that_is_told_again_until_it_is_acknowledged()
    {
        _service.Disk.FreePercent = 5;
        var alert = await _service.RaisedAsync("disk.space");
        await ToldAsync(1);
        _service.Clock.Advance(TimeSpan.FromMinutes(20));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Single(_receiver.Taken);

        // 30 minutes: more urgent. An hour later: again, and then after two.
        _service.Clock.Advance(TimeSpan.FromMinutes(10));
        await ToldAsync(2);
        Assert.Contains("Alert escalated", _receiver.Taken[1].Text, StringComparison.Ordinal);
        Assert.Equal("critical", Assert.Single(await _service.AlertsAsync("disk.space")).GetProperty("severity").GetString());
        _service.Clock.Advance(TimeSpan.FromMinutes(60));
        await ToldAsync(3);
        Assert.Contains("still open", _receiver.Taken[2].Text, StringComparison.Ordinal);
        _service.Clock.Advance(TimeSpan.FromMinutes(90));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _receiver.Taken.Count);

        // Acknowledged: nobody is told of it again, but of its end.
        var id = alert.GetProperty("id").GetString();
        var (status, shown) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/alerts/{id}/acknowledge", new { reason = "I clean up" }, ("X-Actor", "wang.li"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("wang.li", shown.GetProperty("acknowledgedBy").GetString());
        Assert.Contains("I clean up", (await _service.GetAsync("/audit?action=alert.acknowledge")).GetRawText(), StringComparison.Ordinal);
        _service.Clock.Advance(TimeSpan.FromDays(1));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _receiver.Taken.Count);
        Assert.Single(await _service.AlertsAsync("disk.space"));
        _service.Disk.FreePercent = 50;
        await _service.RecoveredAsync(alert);
        await ToldAsync(4);
        Assert.Equal(HttpStatusCode.OK, (await _service.CallAsync(HttpMethod.Post, $"/api/v1/alerts/{id}/acknowledge", new { })).Status);

        // It comes again: a new one.
        _service.Disk.FreePercent = 5;
        Assert.NotEqual(id, (await _service.RaisedAsync("disk.space")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task What_comes_and_goes_is_one_alert()
    {
        _service.Disk.FreePercent = 5;
        var alert = await _service.RaisedAsync("disk.space");
        for (var i = 0; i < 5; i++)
        {
            _service.Disk.FreePercent = i % 2 == 0 ? 50 : 5;
            await PassAsync(TimeSpan.FromSeconds(25));
        }
        await PassAsync(TimeSpan.FromMinutes(2));
        await _service.RecoveredAsync(alert);
        Assert.Equal(2, _receiver.Taken.Count);
    }

    [Fact]
    public async Task Two_nodes_that_evaluate_at_once_raise_tell_and_end_it_once()
    {
        await StopWorkersAsync();
        var (one, other) = (NewEvaluator(), NewEvaluator());
        _service.Disk.FreePercent = 5;
        await ObserveAsync();
        await Task.WhenAll(one.StepAsync(Now), other.StepAsync(Now));
        Assert.Single(await _service.AlertsAsync("disk.space"));
        _service.Clock.Advance(TimeSpan.FromMinutes(31));
        await ObserveAsync();
        await Task.WhenAll(one.StepAsync(Now), other.StepAsync(Now));
        _service.Disk.FreePercent = 50;
        await ObserveAsync();
        await Task.WhenAll(one.StepAsync(Now), other.StepAsync(Now));
        _service.Clock.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(one.StepAsync(Now), other.StepAsync(Now));
        Assert.Empty(await _service.AlertsAsync("disk.space"));
        Assert.Equal([1, 2, 3], await QueuedAsync());
    }

    [Fact]
    public async Task A_second_node_goes_on_with_what_the_first_one_knew()
    {
        await StopWorkersAsync();
        _service.Disk.FreePercent = 5;
        await ObserveAsync();
        await NewEvaluator().StepAsync(Now);
        var alert = Assert.Single(await _service.AlertsAsync("disk.space"));

        // The first is gone. The second finds the alert open, and neither raises another nor forgets its end.
        var second = NewEvaluator();
        await second.StepAsync(Now);
        Assert.Equal(alert.GetProperty("id").GetString(), Assert.Single(await _service.AlertsAsync("disk.space")).GetProperty("id").GetString());

        // It slept: what it saw before is old, and it looks again before it says that it is over.
        _service.Clock.Advance(TimeSpan.FromMinutes(3));
        await second.StepAsync(Now);
        Assert.Single(await _service.AlertsAsync("disk.space"));
        await ObserveAsync();
        await second.StepAsync(Now);
        _service.Clock.Advance(TimeSpan.FromMinutes(3));
        await second.StepAsync(Now);
        Assert.Single(await _service.AlertsAsync("disk.space"));
        _service.Clock.Advance(TimeSpan.FromMinutes(1));
        await second.StepAsync(Now);
        Assert.Empty(await _service.AlertsAsync("disk.space"));
        Assert.Equal([1, 2], await QueuedAsync());
    }

    [Fact]
    public async Task A_viewer_sees_the_alerts_of_his_games_and_only_support_acknowledges()
    {
        var (own, other) = (await _service.NewGameAsync(), await _service.NewGameAsync());
        foreach (var game in new[] { own, other })
        {
            await _service.Store.WriteAsync(
                transaction => transaction.ExecuteAsync(
                    "INSERT INTO notifications (notification_key, channel, game_id, notification_id, received_ms, state, sealed) VALUES ($1, 'google', $2, $1, $3, 6, '')",
                    Guid.NewGuid().ToString("N"), long.Parse(game.GameId), _service.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
                Now);
        }
        _service.Disk.FreePercent = 5;
        var foreign = (await _service.RaisedAsync("notifications.failed", other.GameId)).GetProperty("id").GetString();
        var mine = (await _service.RaisedAsync("notifications.failed", own.GameId)).GetProperty("id").GetString();
        await _service.RaisedAsync("disk.space");
        var (viewer, support) = (await _service.NewTokenAsync("viewer", [long.Parse(own.GameId)]), await _service.NewTokenAsync("support", [long.Parse(own.GameId)]));
        var seen = (await _service.WithTokenAsync(viewer, HttpMethod.Get, "/alerts")).Json.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("id").GetString());
        Assert.Equal([mine], seen);
        Assert.Equal(HttpStatusCode.Forbidden, (await _service.WithTokenAsync(viewer, HttpMethod.Post, $"/alerts/{mine}/acknowledge", new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _service.WithTokenAsync(support, HttpMethod.Post, $"/alerts/{foreign}/acknowledge", new { })).Status);
        Assert.Equal(HttpStatusCode.OK, (await _service.WithTokenAsync(support, HttpMethod.Post, $"/alerts/{mine}/acknowledge", new { })).Status);
    }

    /// <summary>The test makes the steps itself.</summary>
    private Task StopWorkersAsync() => Service.StopOnceBegunAsync(_service.Services.GetServices<IHostedService>().OfType<AlertWorker>().Single());

    private AlertEvaluator NewEvaluator() => ActivatorUtilities.CreateInstance<AlertEvaluator>(_service.Services);

    private Task ObserveAsync() => _service.Services.GetRequiredService<OrderCenter.Alerts.Facts.NodeObserver>().StepAsync(Now);

    private Task ToldAsync(int times) => _service.UntilAsync(() => Task.FromResult(_receiver.Taken.Count >= times), $"it was not told {times} times");

    /// <summary>Lets time pass second by second, and what is done in it be done.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        var end = _service.Clock.GetUtcNow() + time;
        await _service.UntilAsync(() => Task.FromResult(_service.Clock.GetUtcNow() >= end), "the clock stands still");
    }

    private Task<List<long>> QueuedAsync() => _service.Store.ReadAsync(
        transaction => transaction.QueryAsync("SELECT number FROM alert_deliveries ORDER BY number", row => row.GetInt64(0)), Now);
}
