using System.Net;
using System.Net.Sockets;
using System.Text;
using OrderCenter.Encodings;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Simulator;

/// <summary>The game server of tests, demo and benchmarks: it must itself be beyond doubt. The callbacks are signed with the service's wire, which it does not know.</summary>
public sealed class GameServerTests : IAsyncLifetime
{
    private const string Order = "10011554867699875662";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualClock _clock = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
    private GameServer _server = null!;

    public static TheoryData<string> Paths() => ["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"];

    public async ValueTask InitializeAsync() => _server = await StartAsync(new Random(1));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Goods_are_granted_once_and_a_duplicate_is_acknowledged(string path)
    {
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow());

        var first = await callback.SendAsync(_http, _server.Address);
        var second = await callback.SendAsync(_http, _server.Address);

        Assert.True(IsAcknowledged(path, first), Encoding.UTF8.GetString(first.Body));
        Assert.True(IsAcknowledged(path, second), Encoding.UTF8.GetString(second.Body));
        Assert.Equal((2, 1, 1, 0, 0, 0), (_server.Ledger.Received, _server.Ledger.Grants, _server.Ledger.Duplicates, _server.Ledger.Overlaps, _server.Ledger.WrongSignatures, _server.Ledger.Malformed));
        Assert.True(_server.Ledger.HasGoods(Order));
        Assert.Equal([1, 2], _server.Ledger.ArrivalsOf(Order).Select(arrival => arrival.Attempt));
        Assert.Equal(callback.Body, _server.Ledger.Arrivals()[0].Body.ToArray());
        Assert.Equal(callback.Id, _server.Ledger.Arrivals()[0].WebhookId);
        Assert.Equal(callback.Signature, _server.Ledger.Arrivals()[0].Headers["webhook-signature"]);
        Assert.Equal(_clock.GetUtcNow(), _server.Ledger.Arrivals()[0].At);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_forged_callback_is_refused_and_counted(string path)
    {
        var now = _clock.GetUtcNow();
        SignedCallback[] forgeries =
        [
            SignedCallback.Of(path, Order, now, "another secret"),
            SignedCallback.Of(path, Order, now).Tampered(Order),
            SignedCallback.Of(path, Order, now.AddSeconds(301)),
            SignedCallback.Of(path, Order, now.AddSeconds(-301)),
            SignedCallback.Of(path, Order, now) with { Id = "cb_other" },
            SignedCallback.Of(path, Order, now) with { Signature = "v1," },
        ];

        foreach (var forgery in forgeries)
        {
            Assert.False(IsAcknowledged(path, await forgery.SendAsync(_http, _server.Address)));
        }

        Assert.False(IsAcknowledged(path, await SignedCallback.Of(path, Order, now).SendAsync(_http, _server.Address, hasWebhookHeaders: false)));
        Assert.Equal((forgeries.Length + 1, 0), (_server.Ledger.WrongSignatures, _server.Ledger.Grants));
    }

    [Fact]
    public async Task Both_secrets_verify_while_one_is_rotated()
    {
        _server.Secrets = ["new", SignedCallback.TheSecret];
        var signedByOld = SignedCallback.OrderApi("1", _clock.GetUtcNow());
        var signedByNew = SignedCallback.OrderApi("2", _clock.GetUtcNow(), "new");
        var signedByBoth = SignedCallback.OrderApi("3", _clock.GetUtcNow());

        await signedByOld.SendAsync(_http, _server.Address);
        await signedByNew.SendAsync(_http, _server.Address);
        await (signedByBoth with { Signature = "v1,AAAA " + signedByBoth.Signature }).SendAsync(_http, _server.Address);

        Assert.Equal(3, _server.Ledger.Grants);
    }

    [Theory]
    [InlineData("/h5sdk", "codeNo=1&sign=2")]
    [InlineData("/orderapi", "{}")]
    [InlineData("/orderapi", "no JSON")]
    [InlineData("/cardrecharge", """{"orderno":1}""")]
    [InlineData("/ordercheck", "\u0081\u00a1a")]
    [InlineData("/ordercheck", "")]
    public async Task What_is_no_callback_is_refused(string path, string body)
    {
        var now = _clock.GetUtcNow();
        var malformed = new SignedCallback(path, Encoding.Latin1.GetBytes(body), "application/octet-stream", "cb_1_1", now.ToUnixTimeSeconds(), SignedCallback.TheSecret);

        Assert.False(IsAcknowledged(path, await malformed.SendAsync(_http, _server.Address)));
        Assert.Equal((1, 0), (_server.Ledger.Malformed, _server.Ledger.Grants));
    }

    [Fact]
    public async Task Json_form_cards_as_text_and_a_failed_recharge_are_read()
    {
        await using var server = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [SignedCallback.TheSecret], Clock = _clock, Random = new Random(1), IsCardText = true, RequiresWebhookHeaders = false }, CancellationToken.None);
        var now = _clock.GetUtcNow();

        await SignedCallback.H5Sdk("1", now, isJson: true, ext: "").SendAsync(_http, server.Address, hasWebhookHeaders: false);
        await SignedCallback.CardRecharge("2", now, isCardText: true).SendAsync(_http, server.Address, hasWebhookHeaders: false);
        await SignedCallback.CardRecharge("3", now, hasCards: false, status: "failed").SendAsync(_http, server.Address, hasWebhookHeaders: false);

        Assert.Equal((3, 2, 0), (server.Ledger.Received, server.Ledger.Grants, server.Ledger.WrongSignatures));
        Assert.Equal((true, true, false), (server.Ledger.HasGoods("1"), server.Ledger.HasGoods("2"), server.Ledger.HasGoods("3")));
        Assert.Equal(1, server.Ledger.HandledOf("3", "failed"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Refusals_errors_and_redirects_grant_nothing(string path)
    {
        _server.Faults.ForOrder(Order, Fault.WrongCode, Fault.Http(503, "7"), Fault.Redirect, Fault.Reset, null);
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow());

        Assert.False(IsAcknowledged(path, await callback.SendAsync(_http, _server.Address)));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await callback.SendAsync(_http, _server.Address)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await callback.SendAsync(_http, _server.Address)).Status);
        var reset = await Assert.ThrowsAsync<HttpRequestException>(() => callback.SendAsync(_http, _server.Address));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset.GetBaseException()).SocketErrorCode);
        Assert.Equal(0, _server.Ledger.Grants);
        Assert.True(IsAcknowledged(path, await callback.SendAsync(_http, _server.Address)));
        Assert.Equal((1, 0, 4, 0), (_server.Ledger.Grants, _server.Ledger.Duplicates, _server.Ledger.Faults, _server.Ledger.InFlight));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Damaged_and_lost_answers_come_after_the_goods(string path)
    {
        _server.Faults.ForOrder(Order, Fault.AnswerLost, Fault.Huge(100_000), Fault.GarbageBody);
        var callback = SignedCallback.Of(path, Order, _clock.GetUtcNow());

        await Assert.ThrowsAsync<HttpRequestException>(() => callback.SendAsync(_http, _server.Address));
        Assert.True(_server.Ledger.HasGoods(Order));
        Assert.Equal(100_000, (await callback.SendAsync(_http, _server.Address)).Body.Length);
        Assert.Equal(8, (await callback.SendAsync(_http, _server.Address)).Body.Length);
        Assert.Equal((1, 2), (_server.Ledger.Grants, _server.Ledger.Duplicates));
    }

    [Fact]
    public async Task A_hang_lasts_its_time_and_then_the_goods_are_granted()
    {
        _server.Faults.ForOrderAlways("own-" + Order, Fault.Hang(TimeSpan.FromSeconds(30)));
        var sent = SignedCallback.H5Sdk(Order, _clock.GetUtcNow()).SendAsync(_http, _server.Address);
        await WaitAsync(ledger => ledger.InFlight == 1);
        var began = _clock.GetUtcNow();
        await AdvanceUntilAsync(sent);

        Assert.True(_clock.GetUtcNow() - began >= TimeSpan.FromSeconds(30));
        Assert.True(IsAcknowledged("/h5sdk", await sent));
        Assert.Equal((1, 1), (_server.Ledger.Grants, _server.Ledger.InFlightMax));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_during_a_hang_gets_no_goods_and_may_try_again_at_once_without_overlap()
    {
        const int times = 20;
        _server.Faults.ForOrder(Order, [.. Enumerable.Repeat(Fault.Hang(TimeSpan.FromHours(1)), times)]);
        var callback = SignedCallback.OrderCheck(Order, _clock.GetUtcNow());
        for (var i = 1; i <= times; i++)
        {
            using var impatient = new HttpClient();
            var sent = callback.SendAsync(impatient, _server.Address);
            await WaitAsync(ledger => ledger.Received == i);
            impatient.CancelPendingRequests();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        }
        Assert.Equal(0, _server.Ledger.Grants);

        await callback.SendAsync(_http, _server.Address);
        Assert.Equal((1, 0), (_server.Ledger.Grants, _server.Ledger.Overlaps));
        await WaitAsync(ledger => ledger.InFlight == 0);
    }

    [Fact]
    public async Task Two_attempts_at_once_are_an_overlap_and_two_orders_are_not()
    {
        _server.Faults.Always(Fault.Hang(TimeSpan.FromSeconds(5)));
        var now = _clock.GetUtcNow();
        var sent = new List<Task<(HttpStatusCode Status, byte[] Body)>>
        {
            SignedCallback.H5Sdk("1", now).SendAsync(_http, _server.Address),
            SignedCallback.H5Sdk("2", now).SendAsync(_http, _server.Address),
        };
        await WaitAsync(ledger => ledger.InFlight == 2);
        Assert.Equal(0, _server.Ledger.Overlaps);
        sent.Add(SignedCallback.H5Sdk("2", now).SendAsync(_http, _server.Address));
        await WaitAsync(ledger => ledger.InFlight == 3);
        Assert.Equal(1, _server.Ledger.Overlaps);
        await AdvanceUntilAsync(Task.WhenAll(sent));

        Assert.Equal((2, 1, 3), (_server.Ledger.Grants, _server.Ledger.Duplicates, _server.Ledger.InFlightMax));
    }

    [Fact]
    public async Task A_slow_answer_comes_byte_by_byte()
    {
        await using var server = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [SignedCallback.TheSecret], Clock = TimeProvider.System, Random = new Random(1) }, CancellationToken.None);
        server.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(300)));
        var started = TimeProvider.System.GetTimestamp();

        var answer = await SignedCallback.OrderCheck(Order, TimeProvider.System.GetUtcNow()).SendAsync(_http, server.Address);

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(200));
        Assert.True(IsAcknowledged("/ordercheck", answer));
    }

    [Fact]
    public async Task Chance_is_drawn_from_the_random_given_and_can_be_cleared()
    {
        var outcomes = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var server = await StartAsync(new Random(7));
            server.Faults.Sometimes(0.5, Fault.WrongCode, Fault.Http(500));
            for (var i = 0; i < 40; i++)
            {
                await SignedCallback.CardRecharge("3" + i, _clock.GetUtcNow()).SendAsync(_http, server.Address);
            }
            outcomes.Add(string.Join(',', server.Ledger.Arrivals().Select(arrival => arrival.Fault)));
            Assert.InRange(server.Ledger.Faults, 8, 32);
            server.Faults.Clear();
            var faults = server.Ledger.Faults;
            await SignedCallback.CardRecharge("4", _clock.GetUtcNow()).SendAsync(_http, server.Address);
            Assert.Equal(faults, server.Ledger.Faults);
        }
        Assert.Equal(outcomes[0], outcomes[1]);
    }

    [Fact]
    public async Task The_log_is_bounded()
    {
        await using var server = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [SignedCallback.TheSecret], Clock = _clock, Random = new Random(1), ArrivalsMax = 3 }, CancellationToken.None);
        foreach (var order in (string[])["1", "2", "1", "3", "4"])
        {
            await SignedCallback.OrderCheck(order, _clock.GetUtcNow()).SendAsync(_http, server.Address);
        }

        Assert.Equal([("1", 2), ("3", 1), ("4", 1)], server.Ledger.Arrivals().Select(arrival => (arrival.Order, arrival.Attempt)));
        Assert.Equal((5, 4), (server.Ledger.Received, server.Ledger.Grants));
    }

    [Theory]
    [InlineData("/fast")]
    [InlineData("/fast/ordercheck")]
    [InlineData("/fast/cardrecharge")]
    public async Task The_fast_path_counts_and_acknowledges(string path)
    {
        using var body = new ByteArrayContent(new byte[500]);
        using var response = await _http.PostAsync(new Uri(_server.Address, path), body);

        Assert.True(IsAcknowledged(path is "/fast" ? "/h5sdk" : path[5..], (response.StatusCode, await response.Content.ReadAsByteArrayAsync())));
        Assert.Equal((1, 0), (_server.Ledger.Fast, _server.Ledger.Received));
    }

    [Fact]
    public async Task It_stops_at_once_while_a_callback_hangs()
    {
        var server = await StartAsync(new Random(1));
        server.Faults.Always(Fault.Hang(TimeSpan.FromHours(1)));
        var sent = SignedCallback.H5Sdk(Order, _clock.GetUtcNow()).SendAsync(_http, server.Address);
        await server.Ledger.WaitAsync(ledger => ledger.InFlight == 1, CancellationToken.None).WaitAsync(Patience);
        var started = TimeProvider.System.GetTimestamp();

        await server.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<HttpRequestException>(() => sent);
    }

    private async Task<GameServer> StartAsync(Random random) =>
        await GameServer.StartAsync(new GameServerOptions { Secrets = [SignedCallback.TheSecret], Clock = _clock, Random = random }, CancellationToken.None);

    /// <summary>Moves the clock second by second until something is over.</summary>
    private async Task AdvanceUntilAsync(Task over)
    {
        while (!over.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(over, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System));
        }
        await over;
    }

    private Task WaitAsync(Func<GameLedger, bool> isSo) => _server.Ledger.WaitAsync(isSo, CancellationToken.None).WaitAsync(Patience);

    /// <summary>What the protocols take for an acknowledgement.</summary>
    internal static bool IsAcknowledged(string path, (HttpStatusCode Status, byte[] Body) answer) => (int)answer.Status is >= 200 and < 300 && path switch
    {
        "/orderapi" => true,
        "/h5sdk" => Encoding.UTF8.GetString(answer.Body).Contains("\"code\":\"000\"", StringComparison.Ordinal),
        "/ordercheck" => OrderCenter.Encodings.MsgPackReader.TryRead(answer.Body, out var value, out _) && value is OrderCenter.Encodings.MsgPackValue.Map map
            && map.Members["code"].Text() is "0" or "2",
        _ => Encoding.UTF8.GetString(answer.Body).Trim().ToUpperInvariant() is "SUCCESS" or "OK",
    };
}
