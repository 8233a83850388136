using System.Net;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>One thing that a probe tried at a game's endpoint, and what it says of it in plain words.</summary>
public sealed record ProbeFinding(string Tried, bool IsGood, string Words);

/// <summary>Tries a game's callback endpoint as the engine would call it, and as nobody should: a good callback, the same again, a wrong signature, a body that
/// comes slowly. What it sends names an order that does not exist.</summary>
public sealed class Probe(ICallbackProtocol protocol, TimeProvider clock)
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SlowPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Runs every trial, one after the other.</summary>
    public async Task<IReadOnlyList<ProbeFinding>> RunAsync(Uri url, Secret secret, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var findings = new List<ProbeFinding>();
        var good = NewTrial(url, secret, secret);
        findings.Add(await TryAsync(http, "a good callback", good, isSlow: false, mustAccept: true, cancellationToken));
        findings.Add(await TryAsync(http, "the same callback again (you must not grant twice, and must acknowledge again)", good, isSlow: false, mustAccept: true, cancellationToken));
        findings.Add(await TryAsync(http, "a callback whose body comes slowly", good, isSlow: true, mustAccept: true, cancellationToken));
        var forged = NewTrial(url, new Secret("not the secret"), new Secret("not the secret"));
        findings.Add(await TryAsync(http, "a callback with a wrong signature (you must refuse it)", forged, isSlow: false, mustAccept: false, cancellationToken));
        return findings;
    }

    private sealed record Trial(Uri Url, CallbackId Id, CallbackBody Body, Secret HeaderSecret);

    private Trial NewTrial(Uri url, Secret bodySecret, Secret headerSecret)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var order = new Order
        {
            Id = OrderId.Draw(1, nowMs, OrderId.RandomDigitsMin),
            GameId = 1,
            MerchantOrderId = "probe",
            ProductId = "probe.product",
            ProductName = "探测 probe",
            Money = new Money(65_000),
            Currency = "CNY",
            UserId = "probe-player",
            NotifyUrl = url.ToString(),
            State = new OrderState(PayState.Paid, Progress.Delivered),
            Channel = "google",
            CreatedMs = nowMs,
            ExpiresMs = nowMs,
            PaidMs = nowMs,
            DeliveredMs = nowMs,
        };
        var app = new App { GameId = 1, Name = "probe", Protocol = protocol.Name, Secrets = [new AppSecret(bodySecret, nowMs, null)] };
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, 1), GameId = 1, Event = CallbackEvents.Paid, Url = url.ToString(), Endpoint = Callback.EndpointOf(1, url.ToString()), WaitsMs = [0], EventMs = nowMs,
        };
        return new Trial(url, callback.Id, protocol.Encode(app, new OrderRow(order, payment: null), callback, bodySecret), headerSecret);
    }

    private async Task<ProbeFinding> TryAsync(HttpClient http, string what, Trial trial, bool isSlow, bool mustAccept, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CallMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, trial.Url)
        {
            Content = isSlow ? new SlowContent(trial.Body.Bytes, SlowPause, clock) : new ByteArrayContent(trial.Body.Bytes),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", trial.Body.ContentType);
        StandardWebhook.AddHeaders(request.Headers, trial.Id, clock.GetUtcNow().ToUnixTimeSeconds(), trial.Body.Bytes, [trial.HeaderSecret]);
        var started = clock.GetTimestamp();
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            var took = clock.GetElapsedTime(started) - (isSlow ? SlowPause : TimeSpan.Zero);
            var status = (int)response.StatusCode;
            if (status is >= 300 and <= 399)
            {
                return new ProbeFinding(what, false, $"it redirects (HTTP {status}); callbacks never follow: give the final address");
            }
            var answer = protocol.Judge(status, await response.Content.ReadAsByteArrayAsync(either.Token));
            return Words(what, answer, status, took, mustAccept);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeFinding(what, false, $"no answer within {CallMax.TotalSeconds} s");
        }
        catch (HttpRequestException fault)
        {
            return new ProbeFinding(what, false, $"no answer: {fault.Message}");
        }
    }

    private static ProbeFinding Words(string what, Acknowledgement answer, int status, TimeSpan took, bool mustAccept)
    {
        if (!mustAccept)
        {
            return answer.IsAccepted
                ? new ProbeFinding(what, false, "it was ACCEPTED: anyone can have goods granted; check the signature before anything else")
                : new ProbeFinding(what, true, $"refused, as it should be ({answer.Detail})");
        }
        if (!answer.IsAccepted)
        {
            return new ProbeFinding(what, false, $"HTTP {status}, and no acknowledgement by the protocol: {answer.Detail}");
        }
        return took > Soon
            ? new ProbeFinding(what, false, $"acknowledged, but after {took.TotalSeconds:F1} s; calls are cut off after 5 s unless the app allows more")
            : new ProbeFinding(what, true, $"acknowledged after {took.TotalMilliseconds:F0} ms");
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
