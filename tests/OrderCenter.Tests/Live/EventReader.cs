using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OrderCenter.Tests.Live;

/// <summary>A console that listens: reads server-sent events as they come.</summary>
internal sealed class EventReader(HttpResponseMessage response, StreamReader lines) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public HttpResponseMessage Response => response;

    /// <summary>How many heartbeats have come.</summary>
    public int Heartbeats { get; private set; }

    /// <summary>Opens a stream and waits until it misses nothing.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient http, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await OfAsync(await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    public static async Task<EventReader> OfAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var reader = new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        Assert.Equal("ready", (await reader.NextAsync())?.Event);
        return reader;
    }

    /// <summary>The next event; null: the stream has ended.</summary>
    public async Task<(string Event, JsonElement Data)?> NextAsync(TimeSpan? within = null)
    {
        using var late = new CancellationTokenSource(within ?? Patience);
        var name = "";
        try
        {
            while (await lines.ReadLineAsync(late.Token) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    name = line[7..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return (name, JsonDocument.Parse(line[6..]).RootElement);
                }
                else if (line.StartsWith(':'))
                {
                    Heartbeats++;
                }
            }
        }
        catch (IOException)
        {
            // Cut off.
        }
        return null;
    }

    /// <summary>Reads on to the event that shows an order.</summary>
    public async Task<JsonElement> UntilOrderAsync(string orderId, string? @event = null)
    {
        while (await NextAsync() is var (_, data))
        {
            if (Orders(data).Any(order => order.Id == orderId && (@event is null || order.Event == @event)))
            {
                return data;
            }
        }
        throw new InvalidOperationException($"the stream ended before {orderId}");
    }

    /// <summary>Waits for the end of the stream.</summary>
    public async Task EndAsync(TimeSpan within)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (await NextAsync(within - TimeProvider.System.GetElapsedTime(since)) is not null)
        {
        }
    }

    public static IEnumerable<(string Id, long GameId, string Event)> Orders(JsonElement data) => data.GetProperty("orders").EnumerateArray()
        .Select(order => (order.GetProperty("id").GetString()!, order.GetProperty("gameId").GetInt64(), order.GetProperty("event").GetString()!));

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
