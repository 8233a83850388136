using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Encodings;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Channels;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service that lets bodies hold the least that can be set.</summary>
public sealed class SmallBodiesService : Service
{
    public const int Most = 8 * 1024 * 1024;

    public BodyReader Bodies => Services.GetRequiredService<BodyReader>();

    protected override IReadOnlyList<string> Settings => [$"--Limits:BytesBeingRead={Most}"];
}

/// <summary>Bodies grow with what arrives, within one bound over all connections, and end within their time.</summary>
public sealed class BodyLimitTests(SmallBodiesService service) : IClassFixture<SmallBodiesService>
{
    private const int Announced = 2 * 1024 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_announced_takes_no_memory()
    {
        var slow = await ManyAsync(200, "/ordercenter/valiorder", Announced, Form);
        await Task.WhenAll(slow.Select(one => one.SendAsync(100, Now)));
        await Platforms.Eventually(() => Task.FromResult(service.Bodies.BytesHeld >= 200 * 4096), () => $"{service.Bodies.BytesHeld} bytes held");
        Assert.Equal(200 * 4096, service.Bodies.BytesHeld);
        await EndAsync(slow);
    }

    [Theory]
    [InlineData("/ordercenter/valiorder", Announced, Form, "\"resultCode\":3")]
    [InlineData("/cp/createOrder", 1024 * 1024, Form, "\"code\":\"300\"")]
    [InlineData("/cardrecharge/order", 1024 * 1024, "application/json", "\"code\":3")]
    [InlineData("/openapi/order/check", 64 * 1024, "application/msgpack", "failed")]
    [InlineData("/notify/google/1", 256 * 1024, "application/json", "")]
    [InlineData("/api/v1/orders", 1024 * 1024, "application/json", "\"status\":503")]
    public async Task Beyond_the_bound_each_protocol_answers_503_in_its_own_shape_and_small_requests_are_served(string path, int announced, string contentType, string shape)
    {
        using var counted = new Counted(service.Services, "ordercenter.refusals");
        var game = await service.NewGameAsync();
        var slow = await ManyAsync(400, path, announced, contentType);
        await Task.WhenAll(slow.Select(one => one.SendAsync(33_000, Now)));
        await Platforms.Eventually(() => Task.FromResult(slow.Any(one => one.IsAnswered)), () => $"{service.Bodies.BytesHeld} bytes held");
        Assert.InRange(service.Bodies.BytesHeld, 1, SmallBodiesService.Most);
        var answer = await slow.First(one => one.IsAnswered).AnswerAsync(Now);
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Contains(shape, answer, StringComparison.Ordinal);
        if (!path.StartsWith("/notify", StringComparison.Ordinal))
        {
            Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
        }
        Assert.Equal(0, await Calls.CreateAsync(service, game, null));
        Assert.True(Busy(counted) > 0);
        await EndAsync(slow);
        Assert.Equal(0, await Calls.CreateAsync(service, game, null));
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_ends_within_its_time()
    {
        using var slow = await SlowBody.BeginAsync(service.Http.BaseAddress!, "/ordercenter/valiorder", Announced, Form, Now);
        await slow.SendAsync(5000, Now);
        await Platforms.Eventually(() => Task.FromResult(service.Bodies.BytesHeld == 8192), () => $"{service.Bodies.BytesHeld} bytes held");
        service.Clock.Advance(BodyReader.TimeMax);
        var answer = await slow.AnswerAsync(Now);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"resultCode\":3,\"resultMessage\":\"the body came too slowly\"", answer, StringComparison.Ordinal);
        await Platforms.Eventually(() => Task.FromResult(service.Bodies.BytesHeld == 0));
    }

    [Fact]
    public async Task A_body_of_the_largest_size_is_read_and_one_byte_more_is_not()
    {
        var reader = new BodyReader(64 * 1024 * 1024, TimeProvider.System);
        foreach (var (size, fault) in new[] { (0, BodyFault.None), (4096, BodyFault.None), (4097, BodyFault.None), (65_536, BodyFault.None), (65_537, BodyFault.TooLarge) })
        {
            using var body = new MemoryStream(new byte[size]);
            var read = await reader.ReadAsync(body, announced: null, 65_536, Now);
            Assert.Equal((fault, fault == BodyFault.None ? size : 0), (read.Fault, read.Length));
            Assert.True((read.Buffer?.Length ?? 0) <= 65_536);
            Assert.Equal(size >= 4096 && fault == BodyFault.None, read.Charge is not null);
            read.Charge?.Dispose();
            read.Charge?.Dispose();
            Assert.Equal(0, reader.BytesHeld);
        }
    }

    [Fact]
    public async Task A_large_body_is_charged_until_its_request_has_ended()
    {
        var body = new Dictionary<string, object?> { ["name"] = "n", ["testers"] = Enumerable.Range(0, 10).Select(i => new string('x', 100)).ToArray() };
        var game = await service.NewGameAsync();
        var json = JsonSerializer.Serialize(body).PadRight(300_000);
        using var response = await OrderCenter.Tests.Api.Native.RawAsync(service, HttpMethod.Put, "/api/v1/apps/" + game.GameId, json);
        response.EnsureSuccessStatusCode();
        await Platforms.Eventually(() => Task.FromResult(service.Bodies.BytesHeld == 0));
    }

    private static long Busy(Counted counted) =>
        new[] { "OrderApi", "H5Sdk", "CardRecharge", "OrderCheck", "notify", "native" }.Sum(family => counted[family + " busy"]);

    private async Task<List<SlowBody>> ManyAsync(int count, string path, int announced, string contentType) =>
        [.. await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SlowBody.BeginAsync(service.Http.BaseAddress!, path, announced, contentType, Now)))];

    private async Task EndAsync(List<SlowBody> slow)
    {
        slow.ForEach(one => one.Dispose());
        await Platforms.Eventually(() => Task.FromResult(service.Bodies.BytesHeld == 0), () => $"{service.Bodies.BytesHeld} bytes held");
    }
}
