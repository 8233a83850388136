using OrderCenter.Encodings;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Simulator;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Client;

/// <summary>The samples of the documents, taken out of them, compiled as they stand and run: the receiver against what the service's wire signed, the callers
/// against a service of its own.</summary>
public sealed class ReadmeTests
{
    private const string Secret = "B8899E2039DF87E2";
    private const int FeedReadsMax = 200;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static DateTimeOffset Time => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task The_receiver_grants_once_takes_back_and_refuses_forgeries()
    {
        using var sample = CompiledSample.Program(Sample(0));
        using var process = sample.Start(["--urls=http://127.0.0.1:0"], ("ORDERCENTER_SECRET", Secret));
        try
        {
            var address = await ListensAtAsync(process);
            using var http = new HttpClient();
            foreach (var path in (string[])["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"])
            {
                var callback = SignedCallback.Of(path, "1" + path, Time, Secret) with { Path = "/callback" + path };
                Assert.True(GameServerTests.IsAcknowledged(path, await callback.SendAsync(http, address)));
                Assert.True(GameServerTests.IsAcknowledged(path, await callback.SendAsync(http, address)));
                var forged = SignedCallback.Of(path, "2" + path, Time, "another secret") with { Path = "/callback" + path };
                Assert.False(GameServerTests.IsAcknowledged(path, await forged.SendAsync(http, address)));
            }

            // A refund is acknowledged, and after it nothing is granted; OrderCheck's answer tells whether something was.
            var refunded = SignedCallback.OrderApi("3", Time, Secret, "order.refunded") with { Path = "/callback/orderapi" };
            Assert.True(GameServerTests.IsAcknowledged("/orderapi", await refunded.SendAsync(http, address)));
            var late = await (SignedCallback.Of("/ordercheck", "3", Time, Secret) with { Path = "/callback/ordercheck" }).SendAsync(http, address);
            Assert.Equal("2", OrderCenter.Encodings.MsgPackReader.TryRead(late.Body, out var map, out _) ? ((OrderCenter.Encodings.MsgPackValue.Map)map).Members["code"].Text() : null);
            foreach (var type in (string[])["order.closed", "order.somethingNew"])
            {
                var other = SignedCallback.OrderApi("4", Time, Secret, type) with { Path = "/callback/orderapi" };
                Assert.True(GameServerTests.IsAcknowledged("/orderapi", await other.SendAsync(http, address)));
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Now);
        }
    }

    [Fact]
    public async Task The_callers_create_pay_deliver_and_read_what_happened()
    {
        using var database = new TestDatabase();
        await using var server = await ServerProcess.StartAsync(database.Options);
        var google = new GooglePlay(TimeProvider.System);
        await server.PutAppAsync("1001", new
        {
            name = "game", protocol = "OrderApi", secret = Secret, channels = new { google = new { packageName = Service.GooglePackage, publicKey = google.PublicKey } },
        });
        var address = server.Http.BaseAddress!.ToString();
        var directory = Directory.CreateTempSubdirectory("ordercenter-readme-").FullName;
        try
        {
            var receipt = Path.Combine(directory, "receipt.json");
            await File.WriteAllTextAsync(receipt, google.Purchase(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gems.60" }), Now);
            using var caller = CompiledSample.Program(Sample(1));
            var (exit, output) = await caller.RunAsync(address, "1001", Secret, receipt);
            Assert.Equal((0, "delivered"), (exit, output.Split(' ', 2)[^1]));
            var orderId = output.Split(' ')[0];
            Assert.Equal((0, orderId + " delivered before"), await caller.RunAsync(address, "1001", Secret, receipt));
            Assert.Equal((1, "not created: "), await RefusedAsync(caller.RunAsync(address, "1001", "another secret of it", receipt)));

            // The feed's numbers come about a second after the changes.
            using var feed = CompiledSample.Program(Sample(2));
            var cursor = Path.Combine(directory, "cursor");
            var lines = new List<string>();
            for (var reads = 0; lines.Count < 3 && reads < FeedReadsMax; reads++)
            {
                var (end, said) = await feed.RunAsync(address, "1001", Secret, cursor);
                Assert.True(end == 0, said);
                lines.AddRange(said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
            Assert.Equal(
                [$"1 order.created {orderId}: nothing to do", $"2 order.paid {orderId}: grant, if not granted yet", $"3 order.delivered {orderId}: grant, if not granted yet"], lines);
            var (refused, why) = await feed.RunAsync(address, "1001", "another secret of it", cursor);
            Assert.Equal((1, "HTTP 401: "), (refused, why[..10]));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        static async Task<(int, string)> RefusedAsync(Task<(int Exit, string Output)> run)
        {
            var (exit, output) = await run;
            return (exit, output[..13]);
        }
    }

    private static string Sample(int number)
    {
        var samples = CompiledSample.Of("src", "OrderCenter.Client", "README.md");
        Assert.Equal(3, samples.Count);
        return samples[number];
    }

    private static async Task<Uri> ListensAtAsync(System.Diagnostics.Process process)
    {
        const string Mark = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync(Now) is { } line)
        {
            if (line.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at)
            {
                return new Uri(line[(at + Mark.Length)..].Trim());
            }
        }
        throw new InvalidOperationException("the sample ended: " + await process.StandardError.ReadToEndAsync(Now));
    }
}
