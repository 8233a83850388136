using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderCenter.Tests.Support;

/// <summary>Takes calls at every address of 127.0.0.0/8 and answers none before it is told what.</summary>
public sealed class HoldingReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly ConcurrentBag<Task> _calls = [];
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<int> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _count;

    public HoldingReceiver()
    {
        _listener.Start(backlog: 2048);
        _accepting = AcceptAsync();
    }

    /// <summary>How many requests have come.</summary>
    public int Count => Volatile.Read(ref _count);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers all calls, and those to come, with a status.</summary>
    public void Answer(int status) => _answer.TrySetResult(status);

    public async Task UntilAsync(int count, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (Count < count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_end.Token);
            _calls.Add(ServeAsync(client));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var buffer = new byte[64 * 1024];
            if (await stream.ReadAsync(buffer, _end.Token) > 0)
            {
                Interlocked.Increment(ref _count);
                var status = await _answer.Task.WaitAsync(_end.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _end.Token);
            }
        }
    }
}
