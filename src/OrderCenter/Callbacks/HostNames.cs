using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrderCenter.Callbacks;

/// <summary>Finds the addresses of receivers. The system's resolver blocks a thread for as long as a name server does not answer, and cannot be stopped: it runs on
/// threads of its own, a bounded number, one a name, so that those who wait for it take nothing from those who do not. Answers are kept for a moment.</summary>
internal sealed class HostNames(TimeProvider clock, Func<string, IPAddress[]> look) : IDisposable
{
    private const int LookupsMax = 32;
    private const int KnownMax = 4096;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FaultKeptFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _lookups = new(LookupsMax);
    private readonly ConcurrentDictionary<string, Lazy<Task<Answer>>> _answers = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="host">A name, not an address.</param>
    /// <param name="cancellationToken">Stops the wait; the lookup goes on, and the next one to ask has its answer.</param>
    /// <exception cref="SocketException">There is no such name, or no name server answered.</exception>
    public async ValueTask<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        var asked = _answers.GetOrAdd(host, Asked);
        if (asked.Value is { IsCompleted: true } && (await asked.Value).IsOld(clock))
        {
            _answers.TryRemove(new KeyValuePair<string, Lazy<Task<Answer>>>(host, asked));
            asked = _answers.GetOrAdd(host, Asked);
        }
        var answer = await asked.Value.WaitAsync(cancellationToken);
        return answer.Fault is { } fault ? throw new SocketException((int)fault) : answer.Addresses;
    }

    public void Dispose() => _lookups.Dispose();

    private Lazy<Task<Answer>> Asked(string host)
    {
        if (_answers.Count >= KnownMax)
        {
            _answers.Clear();
        }
        return new Lazy<Task<Answer>>(() => AskAsync(host));
    }

    private async Task<Answer> AskAsync(string host)
    {
        await _lookups.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(
                () =>
                {
                    try
                    {
                        return new Answer(look(host), null, clock.GetTimestamp());
                    }
                    catch (Exception fault) when (fault is SocketException or ArgumentException)
                    {
                        return new Answer([], (fault as SocketException)?.SocketErrorCode ?? SocketError.HostNotFound, clock.GetTimestamp());
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private sealed record Answer(IPAddress[] Addresses, SocketError? Fault, long At)
    {
        public bool IsOld(TimeProvider clock) => clock.GetElapsedTime(At) >= (Fault is null ? KeptFor : FaultKeptFor);
    }
}
