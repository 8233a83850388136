using System.Buffers;
using System.Net.Http.Headers;
using System.Net;
using MessagePack;
using OrderCenter.Encodings;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.OrderCheck;

/// <summary>protocols.md §3: one check, many checks, and what they may not do.</summary>
public sealed class CheckTests(CheckTests.Checking service) : IClassFixture<CheckTests.Checking>
{
    private const string Secret = "B8899E2039DF87E2";
    private const string NoSuchOrder = "there is no such order: number, game, product, amount, currency and player must be the order's";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Checking : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    [Fact]
    public async Task A_paid_order_is_delivered_by_the_check_and_repeated_afterwards()
    {
        await using var cp = await CpAsync();
        var (game, id) = await PaidAsync(cp);
        Assert.Equal((0, "successful", ""), await CheckAsync(game, id));
        Assert.Equal((2, "repeated", ""), await CheckAsync(game, id));
        Assert.Equal((1, 0, 0), ((int)cp.Ledger.Grants, (int)cp.Ledger.Duplicates, (int)cp.Ledger.Malformed));
        Assert.Equal("delivered", (await service.OrderAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Thirty_checks_at_once_call_the_game_once()
    {
        await using var cp = await CpAsync();
        cp.Faults.Always(Fault.Slow(TimeSpan.FromMilliseconds(100)));
        var (game, id) = await PaidAsync(cp);
        var codes = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => CheckAsync(game, id))));
        Assert.Equal(1, codes.Count(answer => answer.Code == 0));
        Assert.Equal(29, codes.Count(answer => answer.Code == 2));
        Assert.Equal((1, 1), ((int)cp.Ledger.Received, (int)cp.Ledger.Grants));
    }

    [Fact]
    public async Task Three_calls_half_a_second_and_a_second_apart_and_then_the_background_goes_on()
    {
        await using var cp = await CpAsync();
        cp.Faults.Always(Fault.WrongCode);
        var (game, id) = await PaidAsync(cp);
        var answer = await WhileTimePasses(CheckAsync(game, id));
        Assert.Equal((1, "failed"), (answer.Code, answer.Message));
        Assert.NotEmpty(answer.Data);
        var callback = (await service.OrderAsync(id)).GetProperty("callbacks")[0];
        var started = callback.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("startedAt").GetDateTimeOffset()).ToList();
        Assert.Equal(3, started.Count);
        Assert.InRange((started[1] - started[0]).TotalMilliseconds, 500, 600);
        Assert.InRange((started[2] - started[1]).TotalMilliseconds, 1000, 1100);
        Assert.Equal("pending", callback.GetProperty("status").GetString());
        Assert.Equal(60, (callback.GetProperty("nextAttemptAt").GetDateTimeOffset() - started[2]).TotalSeconds, 0.001);

        // Within five seconds no second round; the order stays paid, and the background delivers it.
        Assert.Equal(1, (await CheckAsync(game, id)).Code);
        Assert.Equal(3, cp.Ledger.Faults);
        cp.Faults.Clear();
        service.Clock.Advance(TimeSpan.FromSeconds(61));
        await cp.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
    }

    [Fact]
    public async Task A_game_that_had_the_goods_already_is_a_repetition()
    {
        await using var cp = await CpAsync();
        cp.Faults.Always(Fault.AnswerLost);
        var (game, id) = await PaidAsync(cp);
        var check = CheckAsync(game, id);
        await cp.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        cp.Faults.Clear();
        Assert.Equal(2, (await WhileTimePasses(check)).Code);
        Assert.Equal(1, cp.Ledger.Grants);
    }

    [Fact]
    public async Task Without_a_check_the_game_is_called_after_thirty_seconds()
    {
        await using var cp = await CpAsync();
        var (_, id) = await PaidAsync(cp);
        service.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, cp.Ledger.Received);
        service.Clock.Advance(TimeSpan.FromSeconds(2));
        await cp.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        Assert.True(cp.Ledger.HasGoods(id));
    }

    [Fact]
    public async Task An_unproven_claim_blocks_nobody_and_an_unpaid_order_may_be_paid_later()
    {
        await using var cp = await CpAsync();
        var game = await service.NewGameAsync(new { callbackUrl = cp.OrderCheck }, protocol: "OrderCheck");
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        Assert.Equal((1, "failed", "not paid"), await CheckAsync(game, id, platformOrder: "GPA.mine"));
        var other = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        await PayAsync(other, "GPA.mine");
        Assert.Equal(0, (await CheckAsync(game, other, platformOrder: "GPA.mine")).Code);
        Assert.Equal((1, "failed", "platform_order_id belongs to another order"), await CheckAsync(game, id, platformOrder: "GPA.mine"));
        await PayAsync(id, "GPA.later");
        Assert.Equal(0, (await CheckAsync(game, id, platformOrder: "GPA.later")).Code);
    }

    [Theory]
    [InlineData("sdk_id", "v", NoSuchOrder)]
    [InlineData("game_product_id", "q", NoSuchOrder)]
    [InlineData("amount", "6.51", NoSuchOrder)]
    [InlineData("amount", "NaN", NoSuchOrder)]
    [InlineData("currency", "USD", NoSuchOrder)]
    [InlineData("game_id", "999999", NoSuchOrder)]
    [InlineData("sz_order_id", "123", NoSuchOrder)]
    [InlineData("sz_order_id", "x", "sz_order_id must be digits")]
    [InlineData("platform_id", "9", "platform_id must be 0 (none), 1 (google), 2 (apple), 3 (alipay), 4 (wechat) or 5 (points)")]
    public async Task A_check_that_is_not_the_orders_is_refused(string field, string value, string reason)
    {
        await using var cp = await CpAsync();
        var (game, id) = await PaidAsync(cp);
        Assert.Equal((1, "failed", reason), await CheckAsync(game, id, changed: (field, value)));
        Assert.Equal(0, cp.Ledger.Received);
    }

    [Fact]
    public async Task The_vector_with_numbers_floats_and_the_misspelt_key_is_read()
    {
        await using var cp = await CpAsync();
        var game = await service.NewGameAsync(new { callbackUrl = cp.OrderCheck }, protocol: "OrderCheck");
        var order = game.NewOrder("p", "6.5", "42");
        order["currency"] = "USD";
        var id = (await game.CreateAsync(order, Now)).PlatOrderId;
        await PayAsync(id, "x", "apple");
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(8);
        writer.Write("sdk_id");
        writer.Write(42);
        writer.Write("sz_order_id");
        writer.Write(id);
        writer.Write("game_id");
        writer.Write(long.Parse(game.GameId));
        writer.Write("game_product_id");
        writer.Write("p");
        writer.Write("amount");
        writer.Write(6.5);
        writer.Write("currency");
        writer.Write("USD");
        writer.Write("plaform_id");
        writer.Write(2);
        writer.Write("platform_order_id");
        writer.Write("x");
        writer.Flush();
        Assert.Equal(0, (await PostAsync(buffer.WrittenSpan.ToArray())).Code);
    }

    [Fact]
    public async Task A_held_or_refunded_order_is_not_delivered()
    {
        await using var cp = await CpAsync();
        var (game, id) = await PaidAsync(cp);
        await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/refund", new { reason = "chargeback" });
        Assert.Equal((1, "failed", "the order was refunded"), await CheckAsync(game, id));
        service.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, cp.Ledger.Received);
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "empty", [] },
        { "text", "hello"u8.ToArray() },
        { "json", "{}"u8.ToArray() },
        { "nil", [0xc0] },
        { "str32 of 4 GiB", [0xdb, 0xff, 0xff, 0xff, 0xff] },
        { "array32 of 4 Gi", [0xdd, 0xff, 0xff, 0xff, 0xff] },
        { "map32 of 4 Gi", [0xdf, 0xff, 0xff, 0xff, 0xff] },
        { "deep arrays", [.. Enumerable.Repeat((byte)0x91, 10_000)] },
        { "deep maps", [.. Enumerable.Repeat(new byte[] { 0x81, 0xa1, 0x61 }, 5_000).SelectMany(part => part)] },
        { "empty map", [0x80] },
        { "ints as keys", [0x81, 0x01, 0x02] },
        { "nested values", [0x81, 0xa6, .. "sdk_id"u8, 0x91, 0x01] },
        { "trailing", [0x80, 0x00] },
        { "ext", [0xc7, 0x01, 0x01, 0x00] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_msgpack_gets_code_1(string what, byte[] body)
    {
        var answer = await PostAsync(body);
        Assert.Equal((what, 1, "failed"), (what, answer.Code, answer.Message));
    }

    [Fact]
    public async Task Other_types_and_sizes_get_the_map_too()
    {
        using var text = new StringContent("{}");
        using var refused = await service.Http.PostAsync(new Uri("/openapi/order/check", UriKind.Relative), text, Now);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, 1), (refused.StatusCode, (await ReadAsync(refused)).Code));
        using var large = new ByteArrayContent(new byte[(64 * 1024) + 1]);
        large.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var tooLarge = await service.Http.PostAsync(new Uri("/openapi/order/check", UriKind.Relative), large, Now);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, 1), (tooLarge.StatusCode, (await ReadAsync(tooLarge)).Code));
    }

    private static Task<GameServer> CpAsync() => GameServer.StartAsync(
        new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);

    private async Task<(OrderApiGame Game, string Id)> PaidAsync(GameServer cp)
    {
        var game = await service.NewGameAsync(new { callbackUrl = cp.OrderCheck }, protocol: "OrderCheck");
        var id = (await game.CreateAsync(game.NewOrder("p", "6.5", "u"), Now)).PlatOrderId;
        await PayAsync(id, "GPA." + id);
        return (game, id);
    }

    private async Task PayAsync(string id, string transactionId, string channel = "google") =>
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/orders/{id}/paid", new { channel, transactionId })).Status);

    private Task<(int Code, string Message, string Data)> CheckAsync(OrderApiGame game, string id, string? platformOrder = null, (string Field, string Value)? changed = null)
    {
        var fields = new Dictionary<string, string>
        {
            ["sdk_id"] = "u", ["sz_order_id"] = id, ["game_id"] = game.GameId, ["game_product_id"] = "p", ["amount"] = "6.50", ["currency"] = "CNY", ["platform_id"] = "1",
            ["platform_order_id"] = platformOrder ?? "GPA." + id,
        };
        if (changed is var (field, value))
        {
            fields[field] = value;
        }
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(fields.Count);
        foreach (var (name, text) in fields)
        {
            writer.Write(name);
            writer.Write(text);
        }
        writer.Flush();
        return PostAsync(buffer.WrittenSpan.ToArray());
    }

    private async Task<(int Code, string Message, string Data)> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/msgpack");
        using var response = await service.Http.PostAsync(new Uri("/openapi/order/check", UriKind.Relative), content, Now);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

    private static async Task<(int Code, string Message, string Data)> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/msgpack", response.Content.Headers.ContentType?.MediaType);
        Assert.True(MsgPackReader.TryRead(await response.Content.ReadAsByteArrayAsync(Now), out var value, out var fault), fault);
        var map = Assert.IsType<MsgPackValue.Map>(value).Members;
        Assert.Equal(["msg", "timestamp", "code", "data"], map.Keys);
        return (int.Parse(map["code"].Text()!), map["msg"].Text()!, map["data"].Text()!);
    }

    /// <summary>Lets the clock run while something is awaited.</summary>
    private async Task<T> WhileTimePasses<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System, Now));
            service.Clock.Advance(TimeSpan.FromMilliseconds(50));
        }
        return await task;
    }
}
