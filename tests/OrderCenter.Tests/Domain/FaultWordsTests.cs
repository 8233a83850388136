using System.Net;
using System.Net.Sockets;
using OrderCenter.Channels.Shared;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Domain;

/// <summary>A fault is said once, with its cause.</summary>
public sealed class FaultWordsTests
{
    [Theory]
    [InlineData("Connection refused (127.0.0.1:9)", "Connection refused", "Connection refused (127.0.0.1:9)")]
    [InlineData("The SSL connection could not be established.", "the certificate is not trusted", "The SSL connection could not be established. the certificate is not trusted")]
    [InlineData("Connection refused", "Connection refused (127.0.0.1:9)", "Connection refused (127.0.0.1:9)")]
    [InlineData("connection refused", "Connection refused.", "connection refused")]
    [InlineData("two\nlines", "", "two lines")]
    public void A_cause_that_was_said_is_not_said_again(string message, string cause, string words) =>
        Assert.Equal(words, FaultDescription.Of(new InvalidOperationException(message, new InvalidOperationException(cause))));

    [Fact]
    public void Every_cause_is_said_that_was_not()
    {
        var fault = new InvalidOperationException("a", new InvalidOperationException("b", new InvalidOperationException("a", new InvalidOperationException("c"))));
        Assert.Equal("a b c", FaultDescription.Of(fault));
    }

    [Fact]
    public async Task A_store_that_refuses_the_connection_is_said_to_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();
        using var http = new StoreHttp(TimeProvider.System);
        using var client = new HttpClient();
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{address}/"), TestContext.Current.CancellationToken));
        Assert.Equal(2, FaultDescription.Of(fault).Split("refused", StringSplitOptions.None).Length);
        var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{address}/")), TestContext.Current.CancellationToken);
        Assert.Equal(2, Assert.IsType<StoreResponse.Failed>(answer).Reason.Split("refused", StringSplitOptions.None).Length);
    }
}
