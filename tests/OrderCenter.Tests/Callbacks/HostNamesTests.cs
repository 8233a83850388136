using System.Net;
using System.Net.Sockets;
using OrderCenter.Callbacks;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>Names are looked up beside everything else, once at a time, and kept for a moment.</summary>
public sealed class HostNamesTests
{
    private readonly ManualClock _clock = new();
    private int _looked;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_that_ask_for_a_name_at_once_ask_once_and_again_when_the_answer_is_old()
    {
        using var names = new HostNames(_clock, _ => [new IPAddress([198, 51, 100, (byte)Interlocked.Increment(ref _looked)])]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => names.FindAsync("game.example", Now).AsTask()));
        Assert.All(answers, answer => Assert.Equal("198.51.100.1", answer[0].ToString()));
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("198.51.100.2", (await names.FindAsync("GAME.example", Now))[0].ToString());
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_not_asked_for_again_at_once()
    {
        using var names = new HostNames(_clock, _ =>
        {
            Interlocked.Increment(ref _looked);
            throw new SocketException((int)SocketError.HostNotFound);
        });
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<SocketException>(async () => await names.FindAsync("nowhere.example", Now));
        }
        Assert.Equal(1, _looked);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<SocketException>(async () => await names.FindAsync("nowhere.example", Now));
        Assert.Equal(2, _looked);
    }

    [Fact]
    public async Task A_resolver_that_hangs_holds_up_nobody_who_asks_for_another_name_and_takes_no_thread_of_the_pool()
    {
        using var gate = new ManualResetEventSlim();
        using var names = new HostNames(_clock, host =>
        {
            if (host.StartsWith("slow", StringComparison.Ordinal))
            {
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                gate.Wait(TimeSpan.FromSeconds(30));
            }
            return [IPAddress.Loopback];
        });
        using var given = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 20).Select(i => names.FindAsync($"slow{i}.example", given.Token).AsTask()).ToList();
        Assert.Equal(IPAddress.Loopback, (await names.FindAsync("quick.example", Now))[0]);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow[0]);
        gate.Set();
    }
}
