using System.Net;
using System.Net.Sockets;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>Tests a game's callback endpoint: good callbacks (repeated, slow, during a rotation of secrets, of a refund) must be
/// acknowledged, forged and stale ones must not. Their orders do not exist at the game. A refusal counts only if the good callback was
/// acknowledged.</summary>
public sealed class Probe(ICallbackProtocol protocol, string channel, TimeProvider clock, TimeSpan? slowPause = null)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(5);

    /// <summary>Receivers of Standard Webhooks accept a timestamp within 5 minutes of now: one hour must be refused.</summary>
    private static readonly TimeSpan StaleAge = TimeSpan.FromHours(1);

    private static readonly Secret ForgedSecret = new("a secret that is nobody's");

    private readonly TimeSpan _slowPause = slowPause ?? TimeSpan.FromSeconds(2);

    /// <summary>The app whose callbacks are tried; null: one that is like no other.</summary>
    public App? App { get; init; }

    /// <summary>How requests leave; null: directly.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? Send { get; init; }

    /// <summary>How long all trials may take together; null: as long as each of them takes.</summary>
    public TimeSpan? TimeMax { get; init; }

    /// <summary>Runs every trial, one after the other.</summary>
    public async Task<IReadOnlyList<ProbeFinding>> RunAsync(Uri url, Secret secret, CancellationToken cancellationToken)
    {
        using var direct = new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false });
        var way = new Way(Send ?? direct.SendAsync, clock.GetTimestamp());
        var good = NewTrial(url, secret);
        // Whether the protocol signs the body: another secret then makes another body.
        var isBodySigned = !good.Body.Bytes.AsSpan().SequenceEqual((good with { BodySecret = ForgedSecret }).Signed(protocol).Body.Bytes);
        var findings = new List<ProbeFinding>();
        async Task<Response> CallAsync(Trial trial, bool isSlow = false) => await SendAsync(way, trial, isSlow, cancellationToken);

        // 1. What must be acknowledged.
        var first = await CallAsync(good);
        findings.Add(MustAccept("a good callback", first));
        findings.Add(MustAccept("the same callback again (you must not grant twice, and must acknowledge again)", await CallAsync(good)));
        findings.Add(MustAccept("a callback whose body comes slowly", await CallAsync(good, isSlow: true)));
        findings.Add(MustAccept(
            "a good callback with two webhook signatures, the second of which is yours (while a secret is rotated)",
            await CallAsync(NewTrial(url, secret) with { HeaderSecrets = [ForgedSecret, secret] }),
            "look for yours among all signatures in webhook-signature, separated by blanks"));
        if (protocol.Plan(good.App, good.Row.Order, CallbackEvents.Refunded) is not null)
        {
            findings.Add(MustAccept(
                "order.refunded of that order (you must take back, not grant, and acknowledge)", await CallAsync(Refund(good)),
                "refund callbacks would be retried until they are exhausted, and the game would never learn of the refund"));
        }

        // 2. What must be refused. Each has an order of its own, so that none counts as a repetition.
        var forged = NewTrial(url, ForgedSecret);
        findings.Add(MustRefuse(
            "a callback with a wrong signature (you must refuse it)", await CallAsync(forged), first,
            "anyone can have goods granted; check the signature before anything else"));
        var bare = NewTrial(url, secret) with { HeaderSecrets = [] };
        if (isBodySigned)
        {
            findings.Add(MayAccept(
                "the right sign in the body beside a wrong webhook signature",
                await CallAsync(NewTrial(url, secret) with { HeaderSecrets = [ForgedSecret] }), first,
                "accepted: the body's own MD5 sign is all that it checks; " +
                "check webhook-signature too, which no one can make of a message that he saw"));
            findings.Add(MayAccept(
                "a callback that was rightly signed an hour ago", await CallAsync(NewTrial(url, secret) with { Age = StaleAge }), first,
                "accepted: whoever saw it can send it again for ever; " +
                "check webhook-signature, and webhook-timestamp to within 5 minutes, and grant an order once"));
        }
        else
        {
            findings.Add(MustRefuse(
                "a callback without the webhook headers (you must refuse it)", await CallAsync(bare), first,
                "anyone can have goods granted; this protocol has no other signature"));
            findings.Add(MustRefuse(
                "a callback that was rightly signed an hour ago (you must refuse it)",
                await CallAsync(NewTrial(url, secret) with { Age = StaleAge }), first,
                "whoever saw it can send it again for ever; refuse a webhook-timestamp that is more than 5 minutes away"));
        }
        return findings;
    }

    /// <summary>How requests leave, and when the first one could.</summary>
    private sealed record Way(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> SendAsync, long Begun);

    /// <summary>A callback to send.</summary>
    private sealed record Trial(Uri Url, App App, OrderRow Row, Callback Callback, Secret BodySecret)
    {
        public CallbackBody Body { get; private init; } = new([], "");

        /// <summary>The secrets of the webhook signatures; none: no webhook headers.</summary>
        public IReadOnlyList<Secret> HeaderSecrets { get; init; } = [BodySecret];

        /// <summary>How old the signature of the headers is.</summary>
        public TimeSpan Age { get; init; }

        public Trial Signed(ICallbackProtocol protocol) => this with { Body = protocol.Encode(App, Row, Callback, BodySecret) };
    }

    /// <summary>The endpoint's response, or the fault if there was none.</summary>
    private sealed record Response(string? Fault, int Status, byte[] Bytes, Acknowledgement Acknowledgement, TimeSpan Took)
    {
        public bool IsAccepted => Fault is null && Acknowledgement.IsAccepted;

        /// <summary>Whether both responses are the same.</summary>
        public bool IsSameAs(Response other) =>
            Fault is null && other.Fault is null && Status == other.Status && Bytes.AsSpan().SequenceEqual(other.Bytes);
    }

    private Trial NewTrial(Uri url, Secret secret)
    {
        var nowMs = clock.NowMs();
        IReadOnlyList<AppSecret> secrets = [new AppSecret(secret, nowMs, null)];
        var app = App is null
            ? new App { GameId = 1, Name = "probe", Protocol = protocol.Name, Secrets = secrets }
            : App with { Secrets = secrets };
        var order = new Order
        {
            // With so many digits it is no order's number: a game would take back what a real one bought.
            Id = OrderId.Draw(app.GameId, nowMs, OrderId.RandomDigitsMax),
            GameId = app.GameId,
            MerchantOrderId = "probe",
            ProductId = "probe.product",
            ProductName = "探测 probe",
            Money = new Money(65_000),
            Currency = "CNY",
            UserId = "probe-player",
            NotifyUrl = url.ToString(),
            State = new OrderState(PayState.Paid, Progress.Delivered),
            Channel = channel,
            CreatedMs = nowMs,
            ExpiresMs = nowMs,
            PaidMs = nowMs,
            DeliveredMs = nowMs,
        };
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, 1), GameId = app.GameId, Event = CallbackEvents.Paid, Url = url.ToString(),
            Endpoint = Callback.EndpointOf(app.GameId, url.ToString()), WaitsMs = [0], EventMs = nowMs,
        };
        return new Trial(url, app, new OrderRow(order, payment: null), callback, secret).Signed(protocol);
    }

    /// <summary>The refund of a trial's paid order.</summary>
    private Trial Refund(Trial paid)
    {
        var order = paid.Row.Order with { State = new OrderState(PayState.Refunded, Progress.Closed) };
        var callback = paid.Callback with { Id = new CallbackId(order.Id, 2), Event = CallbackEvents.Refunded };
        return (paid with { Row = new OrderRow(order, payment: null), Callback = callback }).Signed(protocol);
    }

    private async Task<Response> SendAsync(Way way, Trial trial, bool isSlow, CancellationToken cancellationToken)
    {
        var left = TimeMax - clock.GetElapsedTime(way.Begun) is { } rest && rest < CallTimeout ? rest : CallTimeout;
        if (left <= TimeSpan.Zero)
        {
            return NoResponse($"not tried: the trials before it took {TimeMax!.Value.TotalSeconds} s, which is all that there is");
        }
        using var timeout = new CancellationTokenSource(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, ExactUri.Parse(trial.Url.OriginalString))
        {
            Content = isSlow ? new SlowContent(trial.Body.Bytes, _slowPause, clock) : new ByteArrayContent(trial.Body.Bytes),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", trial.Body.ContentType);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", ContentCoding.Identity);
        if (trial.HeaderSecrets.Count > 0)
        {
            var signedAt = (clock.GetUtcNow() - trial.Age).ToUnixTimeSeconds();
            StandardWebhook.AddHeaders(request.Headers, trial.Callback.Id, signedAt, trial.Body.Bytes, trial.HeaderSecrets);
        }
        var started = clock.GetTimestamp();
        try
        {
            using var response = await way.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            if (status is >= 300 and <= 399)
            {
                return NoResponse($"it redirects (HTTP {status}); callbacks never follow: give the final address");
            }
            var bytes = await ReadAsync(response, either.Token);
            var body = ContentCoding.Decode(bytes, response.Content.Headers.ContentEncoding, CallbackHttpClient.ResponseBytesMax).ToArray();
            var took = clock.GetElapsedTime(started) - (isSlow ? _slowPause : TimeSpan.Zero);
            return new Response(null, status, body, protocol.ReadAcknowledgement(status, body), took);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoResponse($"no answer within {left.TotalSeconds:0.#} s");
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException or SocketException or InvalidOperationException or NotSupportedException)
        {
            return NoResponse($"no answer: {FaultDescription.Of(fault)}");
        }

        static Response NoResponse(string why) => new(why, 0, [], default, TimeSpan.Zero);
    }

    /// <summary>As much of a response as callbacks read.</summary>
    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[CallbackHttpClient.ResponseBytesMax];
        return bytes[..await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)];
    }

    private static ProbeFinding MustAccept(string trial, Response response, string? why = null)
    {
        if (response.Fault is not null)
        {
            return new ProbeFinding(trial, ProbeVerdict.Wrong, response.Fault);
        }
        if (!response.IsAccepted)
        {
            var reason = $"HTTP {response.Status}, and no acknowledgement by the protocol: {response.Acknowledgement.Detail}";
            return new ProbeFinding(trial, ProbeVerdict.Wrong, why is null ? reason : $"{reason}; {why}");
        }
        return response.Took > SlowAfter
            ? new ProbeFinding(
                trial, ProbeVerdict.Wrong,
                $"acknowledged, but after {response.Took.TotalSeconds:F1} s; calls are cut off after 5 s unless the app allows more")
            : new ProbeFinding(trial, ProbeVerdict.Good, $"acknowledged after {response.Took.TotalMilliseconds:F0} ms");
    }

    private static ProbeFinding MustRefuse(string trial, Response response, Response good, string danger) =>
        response.IsAccepted ? new ProbeFinding(trial, ProbeVerdict.Wrong, $"it was ACCEPTED: {danger}") : Refused(trial, response, good);

    private static ProbeFinding MayAccept(string trial, Response response, Response good, string advice) =>
        response.IsAccepted ? new ProbeFinding(trial, ProbeVerdict.Advice, advice) : Refused(trial, response, good);

    /// <summary>A missing acknowledgement proves a refusal only if the good callback was acknowledged.</summary>
    private static ProbeFinding Refused(string trial, Response response, Response good)
    {
        if (response.Fault is not null)
        {
            return new ProbeFinding(trial, ProbeVerdict.Wrong, response.Fault);
        }
        if (good.IsAccepted)
        {
            return response.Status >= 500
                ? new ProbeFinding(
                    trial, ProbeVerdict.Advice, $"not acknowledged, but by a failure (HTTP {response.Status}); refuse it with 401")
                : new ProbeFinding(trial, ProbeVerdict.Good, $"refused, as it should be ({response.Acknowledgement.Detail})");
        }
        return new ProbeFinding(
            trial, ProbeVerdict.Wrong,
            response.IsSameAs(good)
                ? $"it was answered exactly as the good one (HTTP {response.Status}): nothing shows that a signature is checked"
                : "not acknowledged, but neither was the good one: nothing is proven");
    }

    /// <summary>A body in two halves with a pause between them.</summary>
    private sealed class SlowContent(byte[] bytes, TimeSpan pause, TimeProvider clock) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var half = bytes.Length / 2;
            await stream.WriteAsync(bytes.AsMemory(0, half));
            await stream.FlushAsync();
            await Task.Delay(pause, clock);
            await stream.WriteAsync(bytes.AsMemory(half));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
