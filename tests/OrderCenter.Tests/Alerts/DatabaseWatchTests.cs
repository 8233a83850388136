using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>A database that takes no writes, or answers slowly: the node tells of it from memory, and writes it down afterwards.</summary>
public sealed class DatabaseWatchTests : IAsyncLifetime
{
    private readonly Alarmed _service = new();
    private readonly MailReceiver _mail = new();
    private SinkReceiver _receiver = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _receiver = await SinkReceiver.StartAsync(_service.Clock);
        await _service.SetSinksAsync([.. SinkReceiver.Kinds.Select(kind => _receiver.Sink(kind)), _mail.Sink()]);
    }

    public async ValueTask DisposeAsync()
    {
        await _mail.DisposeAsync();
        await _receiver.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_database_without_space_is_told_of_without_it_and_written_down_when_it_is_back()
    {
        var game = await _service.NewGameAsync();
        _receiver.SetDown("dingtalk", true);
        await FillAsync();
        for (var i = 0; i < 200 && !await IsRefusedAsync(game.GameId); i++)
        {
        }
        await _service.UntilAsync(() => Task.FromResult(Told("feishu", "mail", "webhook", "wecom")), "not all sinks that are up are told");
        Assert.All(_receiver.Taken, taken => Assert.Contains("the database does not answer, or takes no writes", taken.Text, StringComparison.Ordinal));
        Assert.Empty(await _service.AlertsAsync("database.away", state: "past"));

        // The sink that was down is told with a later probe; the others not again.
        _receiver.SetDown("dingtalk", false);
        await _service.UntilAsync(() => Task.FromResult(Told("dingtalk", "feishu", "mail", "webhook", "wecom")), "the robot is not told");
        await EmptyAsync();
        await _service.UntilAsync(async () => (await _service.AlertsAsync("database.away", state: "past")).Count == 1, "it is not written down");
        await _service.UntilAsync(
            () => Task.FromResult(Told([.. Enumerable.Repeat("dingtalk feishu mail webhook wecom".Split(' '), 2).SelectMany(sinks => sinks).Order(StringComparer.Ordinal)])),
            "not everybody is told that it is back");
        Assert.All(_receiver.Taken.Skip(4), taken => Assert.Contains("Recovered", taken.Text, StringComparison.Ordinal));
        Assert.Equal(0, _receiver.Refused);
    }

    [Fact]
    public async Task A_database_that_answers_slowly()
    {
        for (var probe = 0; probe < 24 && (await _service.AlertsAsync("database.slow")).Count == 0; probe++)
        {
            using var gate = new ManualResetEventSlim();

            // More than there are threads that read.
            var held = Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _service.Store.ReadAsync(
                transaction =>
                {
                    gate.Wait(Now);
                    return ValueTask.FromResult(true);
                },
                Now)));

            // The watch looks every 5 s. Its next look begins and waits behind the gate for two seconds of the service's time.
            _service.Clock.Advance(TimeSpan.FromSeconds(probe == 0 ? 5 : 3.1));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Now);
            _service.Clock.Advance(TimeSpan.FromSeconds(1.9));
            gate.Set();
            await held;

            // What waited is done before the next gate.
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Now);
        }
        var alert = await _service.RaisedAsync("database.slow");
        await _service.UntilAsync(() => Task.FromResult(Told("dingtalk", "feishu", "mail", "webhook", "wecom")), "not every sink is told");
        await _service.RecoveredAsync(alert);
    }

    /// <summary>Whether exactly those were told, each as often as it is named.</summary>
    private bool Told(params string[] sinks) =>
        sinks.SequenceEqual(_receiver.Taken.Select(taken => taken.Sink).Concat(_mail.Mails.Select(_ => "mail")).Order(StringComparer.Ordinal));

    private async Task<bool> IsRefusedAsync(string gameId)
    {
        var order = Native.NewOrder(gameId);
        order["extra"] = Enumerable.Range(0, 14).ToDictionary(i => "k" + i, _ => new string('x', 250), StringComparer.Ordinal);
        return (int)(await _service.CallAsync(HttpMethod.Post, "/api/v1/orders", order)).Status == 503;
    }

    private async Task FillAsync()
    {
        if (!_service.Store.IsShared)
        {
            var pages = await _service.Store.WriteAsync(transaction => transaction.QueryAsync("PRAGMA page_count", row => row.GetInt64(0)), Now);
            await _service.Store.WriteAsync(transaction => transaction.QueryAsync($"PRAGMA max_page_count = {pages[0]}", row => row.GetInt64(0)), Now);
            return;
        }
        await _service.Store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $f$"),
            Now);
        foreach (var table in new[] { "orders", "request_keys" })
        {
            await _service.Store.WriteAsync(
                transaction => transaction.ExecuteAsync($"CREATE TRIGGER no_space BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_space()"), Now);
        }
    }

    private Task EmptyAsync() => _service.Store.IsShared
        ? _service.Store.WriteAsync(transaction => transaction.ExecuteAsync("DROP FUNCTION no_space() CASCADE"), Now)
        : _service.Store.WriteAsync(transaction => transaction.QueryAsync("PRAGMA max_page_count = 1000000000", row => row.GetInt64(0)), Now);
}
