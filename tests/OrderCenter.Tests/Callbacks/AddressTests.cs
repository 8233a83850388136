using OrderCenter.Apps;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Tests.H5Sdk;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>A callback goes to the address byte for byte as the game gave it, and nowhere else.</summary>
public sealed class AddressTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/%7Ea", "/%7Ea")]
    [InlineData("/~a", "/~a")]
    [InlineData("/a%2fb%2Fc", "/a%2fb%2Fc")]
    [InlineData("/a/../b/./c//d", "/a/../b/./c//d")]
    [InlineData("/a?b=%41&c=%7e&d=+%20", "/a?b=%41&c=%7e&d=+%20")]
    [InlineData("/a?b=c?d/e:f@g!$'()*,;=", "/a?b=c?d/e:f@g!$'()*,;=")]
    [InlineData("/a?b=100%&c=%zz", "/a?b=100%&c=%zz")]
    [InlineData("/a?b={\"c\":\"<d>|^`\\\"}", "/a?b={\"c\":\"<d>|^`\\\"}")]
    [InlineData("/a?b=[1]", "/a?b=[1]")]
    [InlineData("/a?b=c#d?e", "/a?b=c")]
    [InlineData("", "/")]
    [InlineData("?a=%7E", "/?a=%7E")]
    [InlineData("#a", "/")]
    [InlineData("/元宝?名=值", "/%E5%85%83%E5%AE%9D?%E5%90%8D=%E5%80%BC")]
    [InlineData("/\u010d\u010a?a=\u560d\u560a", "/%C4%8D%C4%8A?a=%E5%98%8D%E5%98%8A")]
    [InlineData("/%0d%0aX-Injected:%201", "/%0d%0aX-Injected:%201")]
    public async Task The_request_line_holds_what_was_given(string given, string expected)
    {
        await using var receiver = RawReceiver.Answering("ok"u8);
        var url = $"http://127.0.0.1:{receiver.Port}{given}";
        Assert.True(OrderCenter.Apps.AppDocument.IsHttpUrl(url));
        var result = await SendAsync(url);
        Assert.Equal((200, null), (result.HttpStatus, result.Error));
        var head = (await receiver.Head).Split("\r\n");
        Assert.Equal($"POST {expected} HTTP/1.1", head[0]);
        Assert.DoesNotContain(head, header => header.StartsWith("X-Injected", StringComparison.Ordinal));
        Assert.Contains($"Host: 127.0.0.1:{receiver.Port}", head);
        Assert.Contains("Accept-Encoding: identity", head);
    }

    [Theory]
    [InlineData("/a\r\nX-Injected: 1")]
    [InlineData("/a\nb")]
    [InlineData("/a b")]
    [InlineData("/a\u2028b")]
    [InlineData("/a\u0085b")]
    [InlineData("/a\0b")]
    public async Task What_could_end_the_line_is_no_address_for_a_game_and_even_so_ends_no_line(string given)
    {
        await using var receiver = RawReceiver.Answering("ok"u8);
        var url = $"http://127.0.0.1:{receiver.Port}{given}";
        Assert.False(OrderCenter.Apps.AppDocument.IsHttpUrl(url));
        if ((await SendAsync(url)).HttpStatus is not null)
        {
            var head = (await receiver.Head).Split("\r\n");
            Assert.DoesNotContain(head, header => header.StartsWith("X-Injected", StringComparison.Ordinal));
            Assert.DoesNotMatch("[\0\n]", head[0]);
        }
    }

    [Theory]
    [InlineData("http://a.example.com\\@127.0.0.1:1/x")]
    [InlineData("http://a.example.com#@127.0.0.1:1/x")]
    [InlineData("http://a.example.com?@127.0.0.1:1/x")]
    [InlineData("HTTP://A.Example.COM:80/x")]
    [InlineData("http://例え.jp/%7E")]
    [InlineData("https://a.example.com:8443")]
    [InlineData("http:///a.example.com/x")]
    [InlineData("http:/\\a.example.com/x")]
    [InlineData("http:/\\a.example.com/\u010d\u010ax?u=http://b.example.com/")]
    [InlineData("http:a.example.com/\u010dx?u=http://b.example.com/")]
    public void The_host_is_the_one_that_was_judged(string given)
    {
        if (!OrderCenter.Encodings.WebAddress.TryParse(given, out var judged))
        {
            return;
        }
        var called = ExactUri.Parse(given);
        Assert.Equal((judged.Scheme, judged.IdnHost, judged.Port), (called.Scheme, called.IdnHost, called.Port));
        Assert.DoesNotMatch("[^!-~]", called.PathAndQuery);
    }

    internal static async Task<SendResult> SendAsync(string url)
    {
        using var sender = new CallbackHttpClient(new SenderOptions(AllowPrivateNetworks: true, Proxy: null), TimeProvider.System);
        var callback = CallbackTests.Callback with { Url = url };
        return await sender.SendAsync(Given.App(), callback, new CallbackBody("a=1"u8.ToArray(), "application/x-www-form-urlencoded"), [new Secret(Given.Secret)], Now);
    }
}
