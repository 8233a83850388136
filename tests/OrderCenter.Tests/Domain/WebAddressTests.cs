using OrderCenter.Apps;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Domain;

public sealed class WebAddressTests
{
    [Theory]
    [InlineData("https://pay.example.com:8443/x?y=z")]
    [InlineData("http://支付.example/回调")]
    [InlineData("http://[::1]:5000/")]
    public void An_address_that_can_be_asked_for_is_taken(string text) => Assert.True(AppDocument.IsHttpUrl(text));

    [Theory]
    [InlineData("http://\u05d0a.com:5999/x")]
    [InlineData("http:///x")]
    [InlineData("ftp://example.com/x")]
    [InlineData("http://user@example.com/x")]
    public void One_that_cannot_is_refused(string text) => Assert.False(AppDocument.IsHttpUrl(text));

    [Fact]
    public void A_host_is_bounded_as_name_servers_know_it()
    {
        var host = string.Join('.', Enumerable.Range(0, 120).Select(i => new string((char)(0x4e00 + i), 15)));
        Assert.False(WebAddress.TryParse($"http://{host}/x", out _));
        Assert.False(WebAddress.TryParse($"http://{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}/x", out _));
    }
}
