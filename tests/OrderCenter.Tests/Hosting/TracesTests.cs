using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>One trace leads from a request over its transaction to the callback that it caused: as an OTLP receiver gets it.</summary>
[Collection(OneServiceAtATime.Name)]
public sealed class TracesTests
{
    private const string Secret = "B8899E2039DF87E2";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_its_transaction_and_its_callback_are_one_trace_that_the_game_may_continue(bool isTold)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var game = await GameServer.StartAsync(
            new GameServerOptions { Secrets = [Secret], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        await using (var service = new Traced(receiver.Address, isTold))
        {
            await service.InitializeAsync();
            var app = await service.NewGameAsync(new { callbackUrl = game.OrderApi });
            var created = await app.CreateAsync(app.NewOrder("p", "6.5", "u"), Now);
            var (status, _) = await service.CallAsync(
                HttpMethod.Post, $"/api/v1/orders/{created.PlatOrderId}/paid", new { channel = "test", transactionId = "T-1" });
            Assert.Equal(HttpStatusCode.OK, status);
            await game.Ledger.WaitAsync(ledger => ledger.Grants == 1, Now);
        }

        // A stop sends what was not sent yet.
        var callback = Assert.Single(receiver.Spans, span => span.Name == "callback");
        var transaction = Assert.Single(receiver.Spans, span => span.Id == callback.ParentId);
        Assert.Equal("transaction", transaction.Name);
        var request = Assert.Single(receiver.Spans, span => span.Id == transaction.ParentId);
        Assert.Contains("/paid", request.Name, StringComparison.Ordinal);
        Assert.Equal([request.TraceId, request.TraceId], [transaction.TraceId, callback.TraceId]);
        var told = Assert.Single(game.Ledger.Arrivals()).Headers.GetValueOrDefault("traceparent");
        Assert.Equal(isTold ? $"00-{callback.TraceId}-{callback.Id}-01" : null, told);
    }

    private sealed class Traced(string address, bool isTold) : Service
    {
        protected override IReadOnlyList<string> Settings =>
        [
            "--Callbacks:AllowPrivateNetworks=true", $"--OTEL_EXPORTER_OTLP_ENDPOINT={address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            $"--Callbacks:TraceContext={isTold}",
        ];
    }

    private sealed record Span(string TraceId, string Id, string ParentId, string Name);

    /// <summary>Receives traces as OTLP's binary Protobuf over HTTP.</summary>
    private sealed class OtlpReceiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentBag<Span> _spans = [];

        private OtlpReceiver(WebApplication app) => _app = app;

        public string Address => _app.Urls.Single();

        public IReadOnlyCollection<Span> Spans => _spans;

        public static async Task<OtlpReceiver> StartAsync()
        {
            var app = WebApplication.Create(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Error"]);
            var receiver = new OtlpReceiver(app);
            app.MapPost("/v1/traces", receiver.ReceiveAsync);
            app.MapPost("/v1/metrics", () => Results.Ok());
            await app.StartAsync(Now);
            return receiver;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task ReceiveAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);

            // ExportTraceServiceRequest.resource_spans (1), ResourceSpans.scope_spans (2), ScopeSpans.spans (2).
            foreach (var span in Members(body.ToArray(), 1).SelectMany(spans => Members(spans, 2)).SelectMany(spans => Members(spans, 2)))
            {
                string Hex(int field) => Convert.ToHexStringLower(Members(span, field).FirstOrDefault() ?? []);
                _spans.Add(new Span(Hex(1), Hex(2), Hex(4), System.Text.Encoding.UTF8.GetString(Members(span, 5).First())));
            }
        }

        /// <summary>The members of a Protobuf message that have this number and a length.</summary>
        private static List<byte[]> Members(byte[] message, int number)
        {
            var found = new List<byte[]>();
            for (var at = 0; at < message.Length;)
            {
                var key = Varint(message, ref at);
                switch (key & 7)
                {
                    case 0:
                        Varint(message, ref at);
                        break;
                    case 1:
                        at += 8;
                        break;
                    case 5:
                        at += 4;
                        break;
                    default:
                        var length = (int)Varint(message, ref at);
                        if ((int)(key >> 3) == number)
                        {
                            found.Add(message[at..(at + length)]);
                        }
                        at += length;
                        break;
                }
            }
            return found;
        }

        private static ulong Varint(byte[] message, ref int at)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
