using System.Net;
using System.Net.Sockets;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>Names are looked up beside everything else, once at a time, and kept for a moment.</summary>
public sealed class DnsCacheTests
{
    private readonly ManualClock _clock = new();
    private int _looked;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_that_ask_for_a_name_at_once_ask_once_and_again_when_the_answer_is_old()
    {
        using var names = new DnsCache(_clock, _ => [new IPAddress([198, 51, 100, (byte)Interlocked.Increment(ref _looked)])]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => names.ResolveAsync(1, "game.example", Now).AsTask()));
        Assert.All(answers, answer => Assert.Equal("198.51.100.1", answer[0].ToString()));
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("198.51.100.2", (await names.ResolveAsync(1, "GAME.example", Now))[0].ToString());
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_not_asked_for_again_at_once()
    {
        using var names = new DnsCache(_clock, _ =>
        {
            Interlocked.Increment(ref _looked);
            throw new SocketException((int)SocketError.HostNotFound);
        });
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<SocketException>(async () => await names.ResolveAsync(1, "nowhere.example", Now));
        }
        Assert.Equal(1, _looked);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<SocketException>(async () => await names.ResolveAsync(1, "nowhere.example", Now));
        Assert.Equal(2, _looked);
    }

    [Fact]
    public async Task A_resolver_that_hangs_holds_up_nobody_who_asks_for_another_name_and_takes_no_thread_of_the_pool()
    {
        using var gate = new ManualResetEventSlim();
        using var names = new DnsCache(_clock, host =>
        {
            if (host.StartsWith("slow", StringComparison.Ordinal))
            {
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                gate.Wait(TimeSpan.FromSeconds(30));
            }
            return [IPAddress.Loopback];
        });
        using var given = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 20).Select(i => names.ResolveAsync(1, $"slow{i}.example", given.Token).AsTask()).ToList();
        Assert.Equal(IPAddress.Loopback, (await names.ResolveAsync(2, "quick.example", Now))[0]);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow[0]);
        gate.Set();
    }

    [Fact]
    public async Task Four_hundred_names_of_one_app_that_nobody_answers_leave_the_others_their_lookups()
    {
        using var gate = new ManualResetEventSlim();
        var running = 0;
        var most = 0;
        using var names = new DnsCache(_clock, host =>
        {
            if (host.StartsWith("silent", StringComparison.Ordinal))
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                gate.Wait(TimeSpan.FromSeconds(30));
                Interlocked.Decrement(ref running);
            }
            return [IPAddress.Loopback];
        });
        var silent = Enumerable.Range(0, 400).Select(i => names.ResolveAsync(1, $"silent{i}.example", Now).AsTask()).ToList();

        // Also a name that the greedy app has asked for before, behind its others.
        silent.Add(names.ResolveAsync(1, "honest0.example", Now).AsTask());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(IPAddress.Loopback, (await names.ResolveAsync(2 + i, $"honest{i}.example", Now).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Now))[0]);
        }
        gate.Set();
        await Task.WhenAll(silent);
        Assert.InRange(most, 1, 4);

        static void InterlockedMax(ref int most, int value)
        {
            for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            {
                Interlocked.CompareExchange(ref most, value, seen);
            }
        }
    }

    [Fact]
    public async Task An_old_address_is_used_while_it_is_looked_up_again_and_while_no_name_server_answers()
    {
        using var gate = new SemaphoreSlim(1);
        SocketError? fault = null;
        using var names = new DnsCache(_clock, _ =>
        {
            gate.Wait(TimeSpan.FromSeconds(30));
            var number = Interlocked.Increment(ref _looked);
            return fault is { } error ? throw new SocketException((int)error) : [new IPAddress([198, 51, 100, (byte)number])];
        });
        Assert.Equal("198.51.100.1", await ResolveAsync());

        // Old, and the name server hangs: at once all the same.
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("198.51.100.1", await ResolveAsync());
        gate.Release();
        await UntilAsync(async () => await ResolveAsync() == "198.51.100.2");

        // Nobody answers: it is asked again seldom, and the address holds for ten minutes.
        fault = SocketError.TryAgain;
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("198.51.100.2", await ResolveAsync());
        gate.Release(1000);
        await UntilAsync(() => Task.FromResult(_looked == 3));
        Assert.Equal("198.51.100.2", await ResolveAsync());
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(SocketError.TryAgain, (await Assert.ThrowsAsync<SocketException>(ResolveAsync)).SocketErrorCode);

        // The name server says that there is no such name any more.
        fault = null;
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.StartsWith("198.51.100.", await ResolveAsync(), StringComparison.Ordinal);
        fault = SocketError.HostNotFound;
        _clock.Advance(TimeSpan.FromSeconds(31));
        await UntilAsync(async () =>
        {
            try
            {
                await ResolveAsync();
                return false;
            }
            catch (SocketException gone)
            {
                return gone.SocketErrorCode == SocketError.HostNotFound;
            }
        });

        async Task<string> ResolveAsync() => (await names.ResolveAsync(1, "game.example", Now))[0].ToString();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
