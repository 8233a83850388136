using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks;
using OrderCenter.ChangeFeed;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>A wall clock that is set while the service runs, or between two runs of it: no call overlaps another, and nothing waits for a time that nobody meant.</summary>
public sealed class ClockTests : IAsyncLifetime
{
    private const string Secret = "B8899E2039DF87E2";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Delivering _service = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => _service.Services.GetRequiredService<Database>();

    private sealed class Delivering : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    public async ValueTask InitializeAsync() => await _service.InitializeAsync();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(-3)]
    public async Task A_clock_that_is_set_during_a_call_has_it_neither_made_twice_nor_left(int hours)
    {
        await using var receiver = new HoldingReceiver();
        var game = await GameAsync($"http://127.0.0.1:{receiver.Port}/", timeoutSeconds: 60);
        var id = await PaidAsync(game);
        await receiver.UntilAsync(1, Now);
        _service.Clock.SetBy(hours * Hour);

        // What takes over from dead nodes finds nothing, neither by itself nor when it is asked.
        for (var second = 0; second < 3; second++)
        {
            _service.Clock.Advance(TimeSpan.FromSeconds(1));
            var (_, count) = await Store.UpkeepAsync(transaction => CallbackTransactions.RecoverAsync(transaction, 10, Store.Leases.OverMs, NowMs), Now);
            Assert.Equal(0, count);
        }
        receiver.Answer(200);
        var callback = await CallbackAsync(id, "delivered");
        Assert.Single(callback.GetProperty("attempts").EnumerateArray());
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task A_call_that_failed_after_the_clock_was_set_back_is_made_again_after_its_wait()
    {
        await using var receiver = new HoldingReceiver();
        var game = await GameAsync($"http://127.0.0.1:{receiver.Port}/", timeoutSeconds: 60);
        var id = await PaidAsync(game);
        await receiver.UntilAsync(1, Now);
        _service.Clock.SetBy(-3 * Hour);
        receiver.Answer(500);
        var callback = await CallbackAsync(id, "pending");
        var waits = callback.GetProperty("nextAttemptAt").GetDateTimeOffset() - DateTimeOffset.FromUnixTimeMilliseconds(Store.Leases.WallMs);
        Assert.InRange(waits, TimeSpan.FromSeconds(170), TimeSpan.FromSeconds(180));
    }

    [Fact]
    public async Task What_waits_when_the_clock_is_set_back_by_three_hours_does_not_wait_for_them()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await GameAsync(receiver.OrderApi.ToString());
        var id = await PaidAsync(game);
        await CallbackAsync(id, "pending");
        receiver.Faults.Clear();
        _service.Clock.SetBy(-3 * Hour);
        var began = _service.Clock.GetUtcNow();
        await EventuallyAsync(async () =>
        {
            _service.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await CallbackAsync(id)).GetProperty("status").GetString() == "delivered";
        });
        Assert.InRange(_service.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(30));
        var text = await _service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Now);
        Assert.Contains("ordercenter_clock_jumps_total{clock=\"system\",direction=\"back\"} 1", text, StringComparison.Ordinal);
        // The two clocks are read one after the other, and the test may advance them in between: a second more or less.
        // Other services of this process, of tests that run beside this one, have lines of their own.
        var jumps = text.Split('\n').Where(line => line.StartsWith("ordercenter_clock_last_jump_seconds{", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.Contains(jumps, jump => jump is >= -10_802 and <= -10_798);
    }

    [Fact]
    public async Task An_open_breaker_probes_when_it_would_have_though_the_clock_was_set_back()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Http(500));
        var game = await _service.NewGameAsync(new { callbackUrl = receiver.OrderApi, callback = new { retrySeconds = Enumerable.Repeat(0, 100), maxConcurrency = 5 } });
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PaidAsync(game)));
        await receiver.Ledger.WaitAsync(ledger => ledger.Faults >= 20, Now);
        await EventuallyAsync(async () => (await Task.WhenAll(ids.Select(CallbackAsync))).All(callback => callback.GetProperty("status").GetString() == "pending"));
        receiver.Faults.Clear();
        _service.Clock.SetBy(-3 * Hour);
        for (var second = 0; second < 12; second++)
        {
            _service.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await EventuallyAsync(() =>
        {
            _service.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(receiver.Ledger.Grants == 6);
        });
    }

    /// <summary>The database as a killed process leaves it, whose clock was two hours ahead: the next one's is right.</summary>
    [Fact]
    public async Task After_a_kill_under_a_clock_that_was_two_hours_ahead_calls_and_the_feed_go_on_at_once()
    {
        if (_service.Services.GetRequiredService<DatabaseOptions>().Engine != DatabaseOptions.Sqlite)
        {
            return;
        }
        _service.Clock.SetBy(2 * Hour);
        await using var hangs = new HoldingReceiver();
        await using var receiver = await ReceiverAsync();
        var game = await GameAsync($"http://127.0.0.1:{hangs.Port}/", timeoutSeconds: 60);
        var refused = await GameAsync("http://127.0.0.1:9/");
        var (inFlight, waiting) = (await PaidAsync(game), await PaidAsync(refused));
        await hangs.UntilAsync(1, Now);
        await CallbackAsync(waiting, "pending");
        await _service.Services.GetRequiredService<FeedSequencer>().StepAsync(Now);

        using var copy = new TestDatabase();
        var path = new SqliteConnectionStringBuilder(copy.ConnectionString).DataSource;
        await Store.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE callbacks SET url = $1 WHERE url LIKE 'http://127.0.0.1%'", receiver.OrderApi.ToString()), Now);
        await CopyAsync(path);
        hangs.Answer(500);

        var clock = new ManualClock();
        string[] args =
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--Admin:Token={Service.Token}", "--Secrets:MasterKey=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            .. copy.Arguments, "--Logging:LogLevel:Default=Error", "--Callbacks:AllowPrivateNetworks=true",
        ];
        await using var next = Program.Build(args, services => services.UseClock(clock))!;
        await next.StartAsync(Now);
        var began = clock.GetUtcNow();
        await EventuallyAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            return Task.FromResult(receiver.Ledger.Arrivals().Count == 2);
        });
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        var (store, sequencer) = (next.Services.GetRequiredService<Database>(), next.Services.GetRequiredService<FeedSequencer>());
        await store.WriteAsync(transaction =>
        {
            transaction.Send("INSERT INTO pending_changes (changes, size) VALUES ($1, length($1))", $"{{\"game\":{game.GameId},\"change\":{{\"id\":\"{inFlight}\",\"move\":9,\"event\":1,\"pay\":1,\"progress\":1,\"reason\":null,\"ms\":1}}}}");
            return ValueTask.FromResult(true);
        }, Now);
        await sequencer.StepAsync(Now);
        Assert.False(await store.ReadAsync(ChangeTable.HasPendingAsync, Now));
        await next.StopAsync(Now);
    }

    private long NowMs => _service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task CopyAsync(string path)
    {
        var source = _service.Services.GetRequiredService<DatabaseOptions>().ConnectionString;
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder(source) { Pooling = false }.ToString());
        await connection.OpenAsync(Now);
        await using var copy = connection.CreateCommand();
        copy.CommandText = "VACUUM INTO $path";
        copy.Parameters.AddWithValue("$path", path);
        await copy.ExecuteNonQueryAsync(Now);
    }

    private Task<OrderApiGame> GameAsync(string callbackUrl, int timeoutSeconds = 5) =>
        _service.NewGameAsync(new { callbackUrl, callback = new { retrySeconds = new[] { 0, 180, 300 }, timeoutSeconds } });

    private static async Task<GameServer> ReceiverAsync() =>
        await GameServer.StartAsync(new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);

    private async Task<string> PaidAsync(OrderApiGame game)
    {
        var created = await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now);
        var (status, _) = await _service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{created.PlatOrderId}/paid", new { channel = "test", transactionId = Guid.NewGuid().ToString("N") });
        Assert.Equal(HttpStatusCode.OK, status);
        return created.PlatOrderId;
    }

    private async Task<JsonElement> CallbackAsync(string orderId) => (await _service.OrderAsync(orderId)).GetProperty("callbacks")[0];

    private async Task<JsonElement> CallbackAsync(string orderId, string status)
    {
        await EventuallyAsync(async () => (await CallbackAsync(orderId)).GetProperty("status").GetString() == status);
        return await CallbackAsync(orderId);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }
}
