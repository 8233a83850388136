using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Client;
using OrderCenter.Domain;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>The probe tells receivers apart: those that check what comes, those that check the legacy sign only, and those that check nothing.</summary>
public sealed class ProbeTests(Service service) : IClassFixture<Service>
{
    private const string Rotation = "two webhook signatures";
    private const string Refund = "order.refunded";
    private const string Forged = "a callback with a wrong signature";
    private const string WrongWebhook = "beside a wrong webhook signature";
    private const string Stale = "signed an hour ago";
    private const string Bare = "without the webhook headers";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("H5Sdk", "/h5sdk", 7)]
    [InlineData("CardRecharge", "/cardrecharge", 7)]
    [InlineData("OrderApi", "/orderapi", 8)]
    [InlineData("OrderCheck", "/ordercheck", 7)]
    public async Task A_receiver_that_checks_everything_passes_every_trial(string protocol, string path, int trials)
    {
        await using var receiver = await ReceiverAsync();
        var findings = await ProbeAsync(protocol, new Uri(receiver.Address, path));
        Assert.All(findings, finding => Assert.True(finding.Verdict == ProbeVerdict.Good, $"{finding.Trial}: {finding.Explanation}"));
        Assert.Equal(trials, findings.Count);
        Assert.Equal(protocol == "OrderApi", findings.Any(finding => finding.Trial.Contains(Refund, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("OrderApi", "/fast")]
    [InlineData("H5Sdk", "/fast")]
    [InlineData("OrderCheck", "/fast/ordercheck")]
    [InlineData("CardRecharge", "/fast/cardrecharge")]
    public async Task A_receiver_that_acknowledges_everything_is_told_that_it_takes_forgeries(string protocol, string path)
    {
        await using var receiver = await ReceiverAsync();
        var findings = await ProbeAsync(protocol, new Uri(receiver.Address, path));
        var forged = Find(findings, Forged);
        Assert.Equal(ProbeVerdict.Wrong, forged.Verdict);
        Assert.Contains("ACCEPTED", forged.Explanation, StringComparison.Ordinal);
        Assert.NotEqual(ProbeVerdict.Good, Find(findings, Stale).Verdict);
    }

    [Theory]
    [InlineData("H5Sdk", """{"code":0}""")]
    [InlineData("H5Sdk", "")]
    [InlineData("CardRecharge", """{"code":0}""")]
    [InlineData("OrderCheck", "ok")]
    public async Task A_receiver_that_answers_the_same_to_everything_refuses_nothing(string protocol, string answer)
    {
        await using var receiver = await ReceiverAsync(context => context.Response.WriteAsync(answer));
        var findings = await ProbeAsync(protocol, receiver.Url);
        Assert.All(findings, finding => Assert.Equal((finding.Trial, ProbeVerdict.Wrong), (finding.Trial, finding.Verdict)));
        Assert.Contains("exactly as the good one", Find(findings, Forged).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_0_to_everything_is_an_acknowledgement_at_OrderCheck_and_takes_forgeries()
    {
        await using var receiver = await ReceiverAsync(context => context.Response.WriteAsync("""{"code":0}"""));
        var findings = await ProbeAsync("OrderCheck", receiver.Url);
        Assert.Equal(3, findings.Count(finding => finding.Explanation.Contains("ACCEPTED", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_receiver_that_refuses_everything_has_proven_nothing()
    {
        var calls = 0;
        await using var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync($"refused {Interlocked.Increment(ref calls)}");
        });
        var findings = await ProbeAsync("OrderApi", receiver.Url);
        Assert.All(findings, finding => Assert.Equal(ProbeVerdict.Wrong, finding.Verdict));
        Assert.Contains("nothing is proven", Find(findings, Forged).Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("H5Sdk", "/h5sdk")]
    [InlineData("CardRecharge", "/cardrecharge")]
    public async Task A_receiver_of_the_legacy_sign_only_is_allowed_and_advised(string protocol, string path)
    {
        await using var receiver = await GameServer.StartAsync(
            new GameServerOptions { Secrets = ["k"], Clock = TimeProvider.System, Random = new Random(1), RequiresWebhookHeaders = false }, Now);
        var findings = await ProbeAsync(protocol, new Uri(receiver.Address, path));
        Assert.Equal(ProbeVerdict.Good, Find(findings, Forged).Verdict);
        Assert.Equal([Find(findings, WrongWebhook), Find(findings, Stale)], findings.Where(finding => finding.Verdict == ProbeVerdict.Advice));
        Assert.DoesNotContain(findings, finding => finding.Verdict == ProbeVerdict.Wrong);
    }

    [Theory]
    [InlineData("OrderApi", ProbeVerdict.Wrong)]
    [InlineData("OrderCheck", ProbeVerdict.Wrong)]
    [InlineData("H5Sdk", ProbeVerdict.Advice)]
    public async Task A_receiver_that_does_not_look_at_the_time_is_found(string protocol, ProbeVerdict verdict)
    {
        await using var receiver = await ReceiverAsync(options => options with { Tolerance = TimeSpan.FromDays(1) }, _ => CallbackOutcome.Granted);
        var findings = await ProbeAsync(protocol, new Uri(receiver.Url, "/callback/" + protocol.ToLowerInvariant()));
        Assert.Equal([Find(findings, Stale)], findings.Where(finding => finding.Verdict != ProbeVerdict.Good));
        Assert.Equal(verdict, Find(findings, Stale).Verdict);
    }

    [Fact]
    public async Task A_receiver_that_takes_messages_without_headers_is_found()
    {
        await using var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = !context.Request.Headers.TryGetValue("webhook-signature", out var signature) || IsRight(context, signature.ToString()) ? 204 : 401;
            return Task.CompletedTask;
        });
        var findings = await ProbeAsync("OrderApi", receiver.Url);
        Assert.Equal(ProbeVerdict.Good, Find(findings, Forged).Verdict);
        Assert.Contains("ACCEPTED", Find(findings, Bare).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_reads_one_signature_only_is_told_that_rotation_fails()
    {
        await using var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = IsRight(context, context.Request.Headers["webhook-signature"].ToString().Split(' ')[0]) ? 204 : 401;
            return Task.CompletedTask;
        });
        var findings = await ProbeAsync("OrderApi", receiver.Url);
        Assert.Equal([Find(findings, Rotation)], findings.Where(finding => finding.Verdict == ProbeVerdict.Wrong));
        Assert.Contains("among all signatures", Find(findings, Rotation).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_does_not_acknowledge_refunds_is_told_so()
    {
        await using var receiver = await ReceiverAsync(options => options, callback => callback.GrantsGoods ? CallbackOutcome.Granted : CallbackOutcome.TryAgain("what is that?"));
        var findings = await ProbeAsync("OrderApi", new Uri(receiver.Url, "/callback/orderapi"));
        Assert.Equal([Find(findings, Refund)], findings.Where(finding => finding.Verdict != ProbeVerdict.Good));
    }

    [Fact]
    public async Task A_forgery_that_makes_it_fail_is_not_called_refused()
    {
        await using var receiver = await ReceiverAsync(context =>
        {
            context.Response.StatusCode = IsRight(context, context.Request.Headers["webhook-signature"].ToString()) ? 204 : 500;
            return Task.CompletedTask;
        });
        Assert.Equal(ProbeVerdict.Advice, Find(await ProbeAsync("OrderApi", receiver.Url), Forged).Verdict);
    }

    [Fact]
    public async Task An_endpoint_that_redirects_or_is_not_there_is_told_so()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Redirect);
        Assert.Contains("redirects", (await ProbeAsync("OrderApi", receiver.OrderApi))[0].Explanation, StringComparison.Ordinal);
        var absent = await ProbeAsync("OrderApi", new Uri("http://127.0.0.1:9/"));
        Assert.All(absent, finding => Assert.Equal((ProbeVerdict.Wrong, true), (finding.Verdict, finding.Explanation.StartsWith("no answer", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task An_answer_without_end_is_read_no_further_than_a_callbacks()
    {
        await using var receiver = await ReceiverAsync();
        receiver.Faults.Always(Fault.Huge(64 << 20));
        Assert.Equal(ProbeVerdict.Good, (await ProbeAsync("OrderApi", receiver.OrderApi))[0].Verdict);
    }

    private static ProbeFinding Find(IReadOnlyList<ProbeFinding> findings, string tried) => findings.Single(finding => finding.Trial.Contains(tried, StringComparison.Ordinal));

    private static bool IsRight(HttpContext context, string signatures)
    {
        using var body = new MemoryStream();
        context.Request.Body.CopyToAsync(body).GetAwaiter().GetResult();
        var headers = context.Request.Headers;
        return OrderCenter.Client.StandardWebhook.Verify(headers["webhook-id"], headers["webhook-timestamp"], signatures, body.ToArray(), ["k"], TimeProvider.System.GetUtcNow())
            == WebhookVerdict.Right;
    }

    private static Task<GameServer> ReceiverAsync() => GameServer.StartAsync(new GameServerOptions { Secrets = ["k"], Clock = TimeProvider.System, Random = new Random(1) }, Now);

    private static Task<Receiver> ReceiverAsync(RequestDelegate answer) => Receiver.StartAsync(app => app.Run(answer));

    private static Task<Receiver> ReceiverAsync(Func<CallbackOptions, CallbackOptions> change, Func<OrderCallback, CallbackOutcome> handle) =>
        Receiver.StartAsync(app => app.MapOrderCenterCallbacks("/callback", change(new CallbackOptions { Secrets = ["k"] }), (callback, _) => Task.FromResult(handle(callback))));

    private Task<IReadOnlyList<ProbeFinding>> ProbeAsync(string protocol, Uri url) => new Probe(Protocol(protocol), "google", TimeProvider.System, TimeSpan.FromMilliseconds(20)).RunAsync(url, new Secret("k"), Now);

    private ICallbackProtocol Protocol(string name) => service.Services.GetServices<ICallbackProtocol>().Single(protocol => protocol.Name == name);

    private sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        public Uri Url { get; } = new(app.Urls.First());

        public static async Task<Receiver> StartAsync(Action<WebApplication> map)
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            var app = builder.Build();
            map(app);
            await app.StartAsync(Now);
            return new Receiver(app);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
