using System.Net;
using System.Text;
using OrderCenter.Encodings;
using OrderCenter.Tests.Simulator;

namespace OrderCenter.Tests.Client;

/// <summary>The guides' receivers, each run in its own language and called with what the service's wire signed: good, duplicate and forged callbacks.</summary>
public sealed class SamplesTests : IDisposable
{
    private const string Secret = "newest";
    private static readonly string[] Paths = ["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private static DateTimeOffset Time => TimeProvider.System.GetUtcNow();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("php")]
    [InlineData("python")]
    [InlineData("node")]
    [InlineData("java")]
    [InlineData("go")]
    public async Task A_sample_grants_once_and_refuses_forgeries(string language)
    {
        await using var receiver = await SampleReceiver.StartAsync(language, Now);
        foreach (var path in Paths)
        {
            await ForgeriesAreRefusedAsync(receiver, path);
        }
        Assert.Equal(0, receiver.Granted);

        foreach (var path in Paths)
        {
            await GoodAndDuplicateAsync(receiver, path);
        }
        Assert.Equal(Paths.Length * 3, receiver.Granted);

        await RarerShapesAsync(receiver);
        Assert.Equal((Paths.Length * 3) + 3, receiver.Granted);

        receiver.BreakGrants();
        foreach (var path in Paths)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await SignedCallback.Of(path, "60", Time, Secret).SendAsync(_http, receiver.Address)).Status);
        }
    }

    private async Task ForgeriesAreRefusedAsync(SampleReceiver receiver, string path)
    {
        const string order = "10011554867699875662";
        var right = SignedCallback.Of(path, order, Time, Secret);
        SignedCallback[] forgeries =
        [
            SignedCallback.Of(path, order, Time, "another secret"), SignedCallback.Of(path, order, Time, ""), SignedCallback.Of(path, order, Time, SampleReceiver.Secrets),
            right.Tampered(order), SignedCallback.Of(path, order, Time.AddSeconds(320), Secret), SignedCallback.Of(path, order, Time.AddSeconds(-320), Secret),
            right with { Id = "cb_other" }, right with { Signature = "v1," }, right with { Signature = "v1,AAAA v2," + right.Signature[3..] },
        ];
        foreach (var forgery in forgeries)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await forgery.SendAsync(_http, receiver.Address)).Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await right.SendAsync(_http, receiver.Address, hasWebhookHeaders: false)).Status);
        if (path is "/h5sdk" or "/cardrecharge")
        {
            // Rightly signed as a webhook, but the protocol's own sign is another's.
            var foreign = SignedCallback.Of(path, order, Time, "another secret");
            Assert.Equal(HttpStatusCode.Unauthorized, (await new SignedCallback(path, foreign.Body, foreign.ContentType, foreign.Id, foreign.TimestampSeconds, Secret).SendAsync(_http, receiver.Address)).Status);
        }
        foreach (var body in (string[])["", "x", "\u0081\u00a1a", "{", "{}", "[]", "\"a\"", """{"data":"x","type":1}"""])
        {
            var malformed = new SignedCallback(path, Encoding.Latin1.GetBytes(body), "application/json", "cb_1_1", Time.ToUnixTimeSeconds(), Secret);
            Assert.Equal(HttpStatusCode.BadRequest, (await malformed.SendAsync(_http, receiver.Address)).Status);
        }
    }

    private async Task GoodAndDuplicateAsync(SampleReceiver receiver, string path)
    {
        // Awkward numbers: the sample must not take them for part of a path.
        var (order, rotated, raced) = ($"1{path}/../1", $"2{path}", $"3{path}");
        var callback = SignedCallback.Of(path, order, Time, Secret);
        var first = await callback.SendAsync(_http, receiver.Address);
        var second = await (callback with { Signature = "v1,AAAA " + callback.Signature }).SendAsync(_http, receiver.Address);
        Assert.True(GameServerTests.IsAcknowledged(path, first), first.Status + " " + Encoding.UTF8.GetString(first.Body) + receiver.Errors);
        Assert.True(GameServerTests.IsAcknowledged(path, second), second.Status + " " + Encoding.UTF8.GetString(second.Body) + receiver.Errors);
        Assert.True(receiver.HasGoods(order));

        var previous = await SignedCallback.Of(path, rotated, Time, "previous").SendAsync(_http, receiver.Address);
        Assert.True(GameServerTests.IsAcknowledged(path, previous), receiver.Errors);

        var race = SignedCallback.Of(path, raced, Time, Secret);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => race.SendAsync(_http, receiver.Address)));
        Assert.All(answers, answer => Assert.True(GameServerTests.IsAcknowledged(path, answer), receiver.Errors));
        if (path == "/ordercheck")
        {
            Assert.Equal(("0", "2"), (Code(first.Body), Code(second.Body)));
            Assert.Single(answers, answer => Code(answer.Body) == "0");
        }
    }

    private async Task RarerShapesAsync(SampleReceiver receiver)
    {
        (SignedCallback Callback, bool Pays)[] shapes =
        [
            (SignedCallback.H5Sdk("50", Time, Secret, isJson: true), true),
            (SignedCallback.H5Sdk("51", Time, Secret, ext: ""), true),
            (SignedCallback.CardRecharge("52", Time, Secret, hasCards: false), true),
            (SignedCallback.CardRecharge("53", Time, Secret, hasCards: false, status: "failed"), false),
            (SignedCallback.OrderApi("54", Time, Secret, "order.refunded"), false),
            (SignedCallback.OrderApi("55", Time, Secret, "order.closed"), false),
        ];
        foreach (var (callback, pays) in shapes)
        {
            var answer = await callback.SendAsync(_http, receiver.Address);
            Assert.True(GameServerTests.IsAcknowledged(callback.Path, answer), callback.Id + " " + answer.Status + receiver.Errors);
            Assert.Equal(pays, receiver.HasGoods(callback.Id.Split('_')[1]));
        }
    }

    private static string? Code(byte[] answer) =>
        OrderCenter.Encodings.MsgPackReader.TryRead(answer, out var value, out _) ? ((OrderCenter.Encodings.MsgPackValue.Map)value).Members["code"].Text() : null;
}
