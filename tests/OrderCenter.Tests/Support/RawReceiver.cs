using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderCenter.Tests.Support;

/// <summary>A server that keeps the bytes of a request as they came over the socket, and answers with bytes that a test makes up. One request a connection.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _answer;
    private readonly Task _serving;
    private readonly TaskCompletionSource<string> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RawReceiver(byte[] answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The first request's line and headers.</summary>
    public Task<string> Head => _head.Task;

    public static RawReceiver Answering(ReadOnlySpan<byte> body, params string[] headers)
    {
        var head = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        return new RawReceiver([.. Encoding.ASCII.GetBytes(head), .. body]);
    }

    /// <summary>Answers less than it announces, and hangs up.</summary>
    public static RawReceiver CuttingOff(ReadOnlySpan<byte> body, int missing, params string[] headers)
    {
        var head = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + missing}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        return new RawReceiver([.. Encoding.ASCII.GetBytes(head), .. body]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException or ObjectDisposedException
            || (ended is InvalidOperationException && _stop.IsCancellationRequested))
        {
            _head.TrySetCanceled();
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        var received = new List<byte>();
        var part = new byte[4096];
        int end;
        while ((end = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0 || received.Count < end + 4 + LengthOf(received, end))
        {
            var read = await stream.ReadAsync(part, _stop.Token);
            if (read == 0)
            {
                return;
            }
            received.AddRange(part[..read]);
        }
        _head.TrySetResult(Encoding.Latin1.GetString([.. received])[..end]);
        await stream.WriteAsync(_answer, _stop.Token);
    }

    private static int LengthOf(List<byte> received, int end) =>
        Encoding.Latin1.GetString([.. received])[..end].Split("\r\n").Where(header => header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(header => int.Parse(header.Split(':')[1])).FirstOrDefault();
}
