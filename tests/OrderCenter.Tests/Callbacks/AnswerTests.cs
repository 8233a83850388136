using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Channels.Shared;
using OrderCenter.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>Acknowledgements as receivers really send them: behind a byte order mark, compressed though nobody asked, cut off, and hostile.</summary>
public sealed class AnswerTests(Service service) : IClassFixture<Service>
{
    private const int AnswerBytesMax = 64 * 1024;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>A protocol, and an answer that acknowledges.</summary>
    public static TheoryData<string, string> Good => new()
    {
        { "OrderApi", "whatever" },
        { "H5Sdk", """{"code":"000","data":"","message":"success"}""" },
        { "OrderCheck", """{"msg":"successful","timestamp":1,"code":0,"data":""}""" },
        { "CardRecharge", "success" },
        { "CardRecharge", " OK\r\n" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public async Task An_acknowledgement_counts_behind_a_mark_and_compressed(string protocol, string text)
    {
        var plain = System.Text.Encoding.UTF8.GetBytes(text);
        byte[] marked = [0xef, 0xbb, 0xbf, .. plain];
        foreach (var (coding, bytes) in new (string, byte[])[]
        {
            ("identity", plain), ("identity", marked), ("gzip", Gzip(plain)), ("gzip", Gzip(marked)), ("GZIP", Gzip(plain)), ("x-gzip", Gzip(plain)),
            ("deflate", Zlib(plain)), ("deflate", Deflate(plain)), ("identity, gzip", Gzip(plain)),

            // It names a coding and sends plain text, or the other way round as far as that can be seen.
            ("gzip", plain), ("deflate", plain),
        })
        {
            await using var receiver = RawReceiver.Answering(bytes, "Content-Encoding: " + coding);
            var result = await AddressTests.SendAsync($"http://127.0.0.1:{receiver.Port}/");
            Assert.True(Judge(protocol, result).IsAccepted, $"{coding}: {Convert.ToHexString(bytes)}");
        }
    }

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Two_marks_are_one_too_many(string protocol, string text)
    {
        await using var receiver = RawReceiver.Answering([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, .. System.Text.Encoding.UTF8.GetBytes(text)]);
        Assert.Equal(protocol == "OrderApi", Judge(protocol, await AddressTests.SendAsync($"http://127.0.0.1:{receiver.Port}/")).IsAccepted);
    }

    [Fact]
    public async Task A_compressed_answer_without_end_is_decoded_to_64_kib_and_no_further()
    {
        var bomb = Gzip(new byte[60 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, AnswerBytesMax);
        await using var receiver = RawReceiver.Answering(bomb, "Content-Encoding: gzip");
        var result = await AddressTests.SendAsync($"http://127.0.0.1:{receiver.Port}/");
        Assert.Equal((200, AnswerBytesMax), (result.HttpStatus, result.Body.Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        ContentCoding.Decode(bomb, ["gzip"], AnswerBytesMax);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_cut_or_corrupt_stream_is_an_answer_with_its_status_and_what_could_be_read(string coding)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i * 7919 % 65537:x}")));
        var whole = coding == "gzip" ? Gzip(text) : Zlib(text);
        for (var length = 0; length < whole.Length; length += 97)
        {
            await using var cut = RawReceiver.CuttingOff(whole.AsSpan(0, length), whole.Length - length, "Content-Encoding: " + coding);
            var result = await AddressTests.SendAsync($"http://127.0.0.1:{cut.Port}/");
            Assert.Equal((200, null), (result.HttpStatus, result.Error));
        }
        var random = new Random(20261128);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = whole.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            Assert.InRange(ContentCoding.Decode(bytes.AsMemory(0, random.Next(bytes.Length + 1)), [coding], 10_000).Length, 0, Math.Max(bytes.Length, 10_000));
        }
    }

    /// <summary>What arrived is judged, as with an answer that breaks off uncompressed.</summary>
    [Fact]
    public async Task A_stream_without_its_end_is_judged_by_what_came()
    {
        var whole = Gzip("success"u8.ToArray());
        await using var receiver = RawReceiver.Answering(whole.AsSpan(0, whole.Length - 8), "Content-Encoding: gzip");
        Assert.True(Judge("CardRecharge", await AddressTests.SendAsync($"http://127.0.0.1:{receiver.Port}/")).IsAccepted);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("nonsense")]
    public async Task A_coding_that_is_not_known_acknowledges_nothing_and_harms_nobody(string coding)
    {
        await using var receiver = RawReceiver.Answering(Gzip(Gzip("success"u8.ToArray())), "Content-Encoding: " + coding);
        var result = await AddressTests.SendAsync($"http://127.0.0.1:{receiver.Port}/");
        Assert.Equal(200, result.HttpStatus);
        Assert.False(Judge("CardRecharge", result).IsAccepted);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_stores_answer_is_decoded_within_its_bound_too(string coding)
    {
        using var http = new StoreHttp(TimeProvider.System);
        async Task<StoreResponse> AskAsync(byte[] plain)
        {
            await using var store = RawReceiver.Answering(coding == "gzip" ? Gzip(plain) : Zlib(plain), "Content-Encoding: " + coding);
            var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{store.Port}/"), Now);
            Assert.Contains("Accept-Encoding: identity", await store.Head, StringComparison.Ordinal);
            return answer;
        }

        Assert.Equal("""{"a":1}"""u8.ToArray(), Assert.IsType<StoreResponse.Answered>(await AskAsync("""{"a":1}"""u8.ToArray())).Body);
        Assert.Equal(StoreHttp.AnswerBytesMax, Assert.IsType<StoreResponse.Answered>(await AskAsync(new byte[StoreHttp.AnswerBytesMax])).Body.Length);
        Assert.IsType<StoreResponse.Failed>(await AskAsync(new byte[StoreHttp.AnswerBytesMax + 1]));
    }

    private Acknowledgement Judge(string protocol, SendResult result) =>
        service.Services.GetServices<ICallbackProtocol>().Single(one => one.Name == protocol).ReadAcknowledgement(result.HttpStatus!.Value, result.Body.Span);

    private static byte[] Gzip(byte[] bytes) => Packed(bytes, stream => new GZipStream(stream, CompressionLevel.SmallestSize));

    private static byte[] Zlib(byte[] bytes) => Packed(bytes, stream => new ZLibStream(stream, CompressionLevel.SmallestSize));

    private static byte[] Deflate(byte[] bytes) => Packed(bytes, stream => new DeflateStream(stream, CompressionLevel.SmallestSize));

    private static byte[] Packed(byte[] bytes, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed))
        {
            stream.Write(bytes);
        }
        return packed.ToArray();
    }
}
