using System.Net.Sockets;
using System.Text;

namespace OrderCenter.Tests.Support;

/// <summary>A request whose body is announced, and sent in pieces as a test likes.</summary>
internal sealed class SlowBody : IDisposable
{
    private readonly TcpClient _client = new();

    private SlowBody()
    {
    }

    public static async Task<SlowBody> BeginAsync(Uri address, string path, int announced, string contentType, CancellationToken cancellationToken, string? forwardedFor = null)
    {
        var slow = new SlowBody();
        await slow._client.ConnectAsync(address.Host, address.Port, cancellationToken);
        var head = $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Service.Token}\r\nContent-Type: {contentType}\r\nContent-Length: {announced}\r\n{(forwardedFor is null ? "" : $"X-Forwarded-For: {forwardedFor}\r\n")}\r\n";
        await slow._client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        return slow;
    }

    /// <summary>Sends so many bytes more. False: the other side has closed.</summary>
    public async Task<bool> SendAsync(int bytes, CancellationToken cancellationToken)
    {
        var piece = new byte[bytes];
        Array.Fill(piece, (byte)'a');
        try
        {
            await _client.GetStream().WriteAsync(piece, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether an answer, or the end, can be read.</summary>
    public bool IsAnswered => _client.Client.Poll(0, SelectMode.SelectRead);

    public async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        var length = 0;
        try
        {
            // The head and the body may come apart.
            while (length < buffer.Length && !IsWhole(Encoding.Latin1.GetString(buffer, 0, length))
                && await _client.GetStream().ReadAsync(buffer.AsMemory(length), cancellationToken) is var read and > 0)
            {
                length += read;
            }
        }
        catch (IOException)
        {
            // Closed with what it had not read yet.
        }
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose() => _client.Dispose();

    private static bool IsWhole(string text) =>
        text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end
        && text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) is { } header
        && text.Length - end - 4 >= int.Parse(header["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
}
