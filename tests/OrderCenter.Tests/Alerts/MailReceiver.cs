using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace OrderCenter.Tests.Alerts;

/// <summary>A mail server that takes every mail (RFC 5321, without extensions).</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(string Receivers, MimeMessage Mail)> _mails = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Task _accepting;

    public MailReceiver()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<(string Receivers, MimeMessage Mail)> Mails => [.. _mails];

    /// <summary>What it was told, without the mails.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    /// <summary>The settings of a sink that is this one.</summary>
    public object Sink() => new
    {
        name = "smtp", kind = "smtp",
        smtp = new { host = "127.0.0.1", port = Port, security = "none", from = "ordercenter@example.com", to = new[] { "ops@example.com", "night@example.com" } },
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            await ServeAsync(client.GetStream()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test ready");
        var receivers = new List<string>();
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            _commands.Enqueue(line);
            if (line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase))
            {
                receivers.Add(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
            }
            if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go ahead");
                var text = new StringBuilder();
                while (await reader.ReadLineAsync(_end.Token) is { } part && part != ".")
                {
                    text.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                }
                using var mail = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
                _mails.Enqueue((string.Join(',', receivers), await MimeMessage.LoadAsync(mail, _end.Token)));
                await writer.WriteLineAsync("250 taken");
            }
            else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("221 bye");
                return;
            }
            else
            {
                await writer.WriteLineAsync("250 ok");
            }
        }
    }
}
