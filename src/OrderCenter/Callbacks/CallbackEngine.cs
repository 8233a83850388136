using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Callbacks;

/// <summary>Finds an app by its number; null: there is none.</summary>
public delegate App? FindApp(long gameId);

/// <summary>What this node does with callbacks.</summary>
/// <param name="DeliversInBackground">False: it only makes the rounds of calls that its own requests wait for.</param>
public sealed record EngineOptions(bool DeliversInBackground);

/// <summary>Delivers callbacks: claim, send, record. What this node queued and has room for is leased to it in the queue's own commit and leaves at once;
/// everything else waits in the database and is claimed when it is due, an endpoint at a time, so that a slow receiver takes room from itself only.</summary>
public sealed partial class CallbackEngine : BackgroundService
{
    /// <summary>How many callbacks this node may hold, over all endpoints: being called, leased ahead, being recorded.</summary>
    public const int InFlightMax = 4096;

    private const string FaultError = "it could not be handled here: the log has the fault";
    private const int ResponseBytesMax = 4096;
    private const int WordBytesMax = 16;

    /// <summary>A lease outlives its call by this much at most (protocols.md, "Callbacks, in every protocol").</summary>
    private const long LeaseSpareMs = 8_000;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecoverPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a stop waits for calls under way, of the 10 s that it has in all (contract.md); what it cuts off is put back in the rest.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PutBackMax = TimeSpan.FromSeconds(1);

    private readonly Store.Store _store;
    private readonly DueWork _due;
    private readonly Vault _vault;
    private readonly Dictionary<string, ICallbackProtocol> _protocols;
    private readonly FindApp _findApp;
    private readonly ICallbackSender _sender;
    private readonly EngineOptions _options;
    private readonly CallbackMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, EndpointGate> _gates = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _calls;
    private readonly string _node = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;
    private int _isWoken;
    private int _lookedAt;
    private int _claimedAt;
    private volatile bool _isTaking;

    public CallbackEngine(
        Store.Store store, DueWork due, Vault vault, IEnumerable<ICallbackProtocol> protocols, FindApp findApp, ICallbackSender sender, EngineOptions options, CallbackMetrics metrics,
        IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<CallbackEngine> log)
    {
        // From the first word of a stop on nothing new is begun; a round that somebody waits for ends with the call that is under way.
        _calls = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        lifetime.ApplicationStopping.Register(() =>
        {
            _isTaking = false;
            _calls.CancelAfter(DrainMax);
        });
        (_store, _due, _vault, _findApp, _sender, _options, _metrics, _clock, _log) = (store, due, vault, findApp, sender, options, metrics, clock, log);
        _protocols = protocols.ToDictionary(protocol => protocol.Name, StringComparer.Ordinal);
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Says that something may be due at an endpoint: a redelivery, an app that was enabled again.</summary>
    public void Wake(string endpoint, long gameId, long dueMs)
    {
        GateOf(endpoint, gameId).Lower(dueMs);
        Signal();
    }

    /// <summary>Sends a waiting callback now, past its breaker and its endpoint's limit: a person's word. Where it is no longer as it was read, whoever changed
    /// it goes on with it.</summary>
    public async Task DeliverNowAsync(Callback callback, CancellationToken cancellationToken)
    {
        if (_findApp(callback.GameId) is not { } app)
        {
            return;
        }
        if (await _store.RecordAsync(transaction => Deliveries.ClaimAsync(transaction, callback, LeaseFor(app), NowMs), cancellationToken) is { } delivery)
        {
            GateOf(callback.Endpoint, callback.GameId).TakeAnyway();
            Interlocked.Increment(ref _inFlight);
            Dispatch(delivery);
        }
    }

    public override void Dispose()
    {
        _calls.Dispose();
        _wake.Dispose();
        base.Dispose();
    }

    /// <summary>Takes no more, waits for the calls in flight, and leaves the rest to whoever comes next.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isTaking = false;
        await base.StopAsync(cancellationToken);
        foreach (var gate in _gates.Values)
        {
            DispatchNext(gate);
        }
        if (Volatile.Read(ref _inFlight) == 0)
        {
            _drained.TrySetResult();
        }
        // What still hangs is cut off: its outcome is unknown, and whoever comes next sends it again.
        _calls.CancelAfter(DrainMax);
        await Task.WhenAny(_drained.Task, Task.Delay(DrainMax + PutBackMax, _clock, cancellationToken));
        await _calls.CancelAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _isTaking = true;
        if (!_options.DeliversInBackground)
        {
            // Rounds that a request waits for, and what a person sends, go out from here all the same.
            return;
        }
        _due.Delivers = true;
        _store.Announced = endpoint => Wake(endpoint, GameIdOf(endpoint), NowMs);
        _due.TryTake = TryTake;
        _due.GiveBack = endpoint => Release(_gates[endpoint], 1);
        _due.Leased = (callback, row, lease) => Dispatch(new Delivery(callback, row, lease.UntilMs));
        _due.Waiting = (endpoint, dueMs) => Wake(endpoint, GameIdOf(endpoint), dueMs);
        var recovering = KeepRecoveringAsync(stoppingToken);
        var lastLook = long.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_clock.GetTimestamp() is var now && (lastLook == long.MinValue || _clock.GetElapsedTime(lastLook, now) >= LookPeriod))
                {
                    lastLook = now;
                    await LookAsync(stoppingToken);
                }
                await ClaimAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // A fault of one round, and be it a bug, must not end deliveries.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogStoreFault(_log, fault);
                await Task.Delay(RecordRetry, _clock, stoppingToken);
            }
        }
        await recovering;
    }

    /// <summary>Takes room for a callback that is being queued; see <see cref="DueWork.TryTake"/>.</summary>
    private NodeLease? TryTake(string endpoint, long gameId)
    {
        if (!_isTaking || _findApp(gameId) is not { Disabled: false } app || Volatile.Read(ref _inFlight) >= InFlightMax)
        {
            return null;
        }
        var gate = GateOf(endpoint, gameId);
        if (gate.NextDueMs <= NowMs || gate.Take(1, app.Callback.MaxConcurrency, NowMs) == 0)
        {
            // Others of this endpoint wait already: first come, first served.
            return null;
        }
        Interlocked.Increment(ref _inFlight);
        return LeaseFor(app);
    }

    private NodeLease LeaseFor(App app) => new(_node, NowMs + (app.Callback.TimeoutSeconds * 1000L) + LeaseSpareMs);

    private EndpointGate GateOf(string endpoint, long gameId) => _gates.GetOrAdd(endpoint, static (name, number) => new EndpointGate(name, number), gameId);

    private static long GameIdOf(string endpoint) => long.Parse(endpoint.AsSpan(0, endpoint.IndexOf(' ', StringComparison.Ordinal)));

    private void Release(EndpointGate gate, int count)
    {
        if (count > 0)
        {
            gate.GiveBack(count);
            Interlocked.Add(ref _inFlight, -count);
            DispatchNext(gate);
        }
    }

    private void Dispatch(Delivery delivery) => _ = DeliverAsync(delivery);

    /// <summary>Sends leased callbacks, one after the other: the room at the endpoint that one leaves goes to the next. The first one's was taken before.</summary>
    private async Task DeliverAsync(Delivery first)
    {
        var gate = GateOf(first.Callback.Endpoint, first.Callback.GameId);
        for (var next = first; next is not null;)
        {
            // Answers that came together are read first, so that the next calls go out together and the receiver is woken once for several of them (measured on
            // 2 processors: 1.25 times the callbacks of sending at once).
            await Task.Yield();
            next = await SendAsync(gate, next);
        }
    }

    /// <summary>Sends one leased callback. Its room is given back when the call has ended: what is being recorded is no call. In the node's count it is until it is
    /// recorded.</summary>
    /// <returns>The next one to send, with room taken for it; null: there is none.</returns>
    private async Task<Delivery?> SendAsync(EndpointGate gate, Delivery delivery)
    {
        var hasEnded = false;
        try
        {
            if (_findApp(delivery.Callback.GameId) is not { Disabled: false } app || app.SigningSecret(NowMs) is not { } secret)
            {
                await HoldAsync(delivery.Callback);
            }
            else if (!delivery.Holds)
            {
                await CancelAsync(delivery.Callback);
            }
            else if (!delivery.MayBeSent(app.Callback.TimeoutSeconds * 1000L, NowMs))
            {
                await _store.RecordAsync(transaction => Deliveries.PutBackAsync(transaction, delivery.Callback, NowMs), CancellationToken.None);
                gate.Lower(NowMs);
            }
            else
            {
                var (startedMs, outcome) = await AttemptAsync(app, secret, delivery);
                hasEnded = true;
                var hasTurned = gate.Leave(delivery.Callback.Id, outcome.Acknowledgement.IsAccepted, NowMs);
                _ = EndAsync(gate, app, delivery.Callback, startedMs, outcome);
                if (hasTurned)
                {
                    LogBreaker(_log, gate.Endpoint, gate.IsOpen ? "open" : "closed");
                }
            }
        }
        catch (OperationCanceledException) when (_calls.IsCancellationRequested)
        {
            await _store.RecordAsync(transaction => Deliveries.GiveUpAsync(transaction, delivery.Callback, NowMs), CancellationToken.None);
        }
#pragma warning disable CA1031 // A bug here must not take the other callbacks down, nor have one sent for ever.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await SpendAsync(gate, delivery.Callback, fault, Acknowledgement.Refused(FaultError));
        }
        finally
        {
            if (!hasEnded)
            {
                Leave();
                gate.GiveBack(1);
            }
        }
        return GoOn(gate);
    }

    /// <summary>Records what came of a call, and is done with the callback.</summary>
    private async Task EndAsync(EndpointGate gate, App app, Callback callback, long startedMs, AttemptOutcome outcome)
    {
        try
        {
            await RecordAsync(gate, app, callback, startedMs, outcome, isExtra: false);
        }
#pragma warning disable CA1031 // As in SendAsync.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await SpendAsync(gate, callback, fault, outcome.Acknowledgement.IsAccepted ? Acknowledgement.Accepted : Acknowledgement.Refused(FaultError));
        }
        Leave();
    }

    /// <summary>Records an attempt that could not be handled, in words that can be stored: so that it costs a step of the schedule like any other. Where it was the store
    /// that could not be reached, the lease runs out, and the callback is sent again.</summary>
    private async Task SpendAsync(EndpointGate gate, Callback callback, Exception fault, Acknowledgement acknowledgement)
    {
        LogFault(_log, fault, callback.Id);
        if (fault is StoreBusyException or StoreUnavailableException or System.Data.Common.DbException || _findApp(callback.GameId) is not { } app)
        {
            return;
        }
        try
        {
            await RecordAsync(gate, app, callback, callback.StartedMs!.Value, new AttemptOutcome(acknowledgement, null, null, 0, null, IsGone: false), isExtra: false);
        }
#pragma warning disable CA1031 // As in SendAsync.
        catch (Exception again)
#pragma warning restore CA1031
        {
            LogFault(_log, again, callback.Id);
        }
    }

    /// <summary>One call, judged by the app's protocol.</summary>
    private async Task<(long StartedMs, AttemptOutcome Outcome)> AttemptAsync(App app, Secret secret, Delivery delivery)
    {
        var protocol = _protocols[app.Protocol];
        var body = protocol.Encode(app, delivery.Row, delivery.Callback, secret);
        var startedMs = NowMs;
        var secrets = app.Secrets.Where(candidate => candidate.IsValidAt(startedMs)).Select(candidate => candidate.Value).ToList();
        var started = _clock.GetTimestamp();
        var result = await _sender.SendAsync(app, delivery.Callback, body, secrets, _calls.Token);
        var durationMs = (long)_clock.GetElapsedTime(started).TotalMilliseconds;
        var acknowledgement = result.HttpStatus is { } status ? protocol.Judge(status, result.Body.Span) : Acknowledgement.Refused(result.Error!);
        var speaks = protocol.SpeaksStandardWebhooks;
        return (startedMs, new AttemptOutcome(
            acknowledgement, result.HttpStatus, Kept(result.Body.Span, body.HoldsSecrets, delivery.Callback.Id), durationMs, speaks ? result.RetryAfterMs : null, speaks && result.HttpStatus == 410));
    }

    /// <summary>Records an outcome. It ignores shutdown, and tries for as long as the lease may hold.</summary>
    private async Task<Recorded> RecordAsync(EndpointGate gate, App app, Callback callback, long startedMs, AttemptOutcome outcome, bool isExtra)
    {
        var delivers = _protocols[app.Protocol].AcknowledgementDelivers;
        while (true)
        {
            try
            {
                var (recorded, dueMs) = await _store.RecordAsync(
                    transaction => Deliveries.RecordAsync(transaction, callback, startedMs, outcome, delivers, isExtra, NowMs), CancellationToken.None);
                if (dueMs is { } ms)
                {
                    gate.Lower(ms);
                    Signal();
                }
                _metrics.Attempted(recorded, outcome.DurationMs);
                if (recorded == Recorded.Exhausted)
                {
                    LogExhausted(_log, callback.Id, callback.Attempts);
                }
                LogAttempt(_log, callback.Id, callback.Attempts, recorded, outcome.HttpStatus, outcome.DurationMs, outcome.Acknowledgement.Detail ?? "");
                return recorded;
            }
            catch (Exception fault) when (fault is StoreBusyException or System.Data.Common.DbException && NowMs < startedMs + (app.Callback.TimeoutSeconds * 1000L) + LeaseSpareMs)
            {
                LogStoreFault(_log, fault);
                await Task.Delay(RecordRetry, _clock, CancellationToken.None);
            }
        }
    }

    /// <summary>The app is disabled or has no secret: its callbacks are kept and visible until it is open again.</summary>
    private async Task HoldAsync(Callback callback)
    {
        await _store.RecordAsync(
            async transaction =>
            {
                var isHeld = await CallbackTable.HoldAsync(transaction, callback);
                if (isHeld)
                {
                    await CallbackTable.InsertAttemptAsync(transaction, callback.Id, new Attempt(callback.Attempts, NowMs, 0, null, null, "not sent: the app is disabled or has no secret"));
                }
                return isHeld;
            },
            CancellationToken.None);
        LogHeld(_log, callback.Id);
    }

    /// <summary>The order was refunded or held after the callback was queued, or sent again by a person: its goods must not be asked for.</summary>
    private async Task CancelAsync(Callback callback)
    {
        await _store.RecordAsync(transaction => Deliveries.CancelAsync(transaction, callback, NowMs), CancellationToken.None);
        LogCancelled(_log, callback.Id);
    }

    /// <summary>What is kept of an answer: text, whatever the receiver sent. One that may echo cards is sealed; a word like "success" cannot hold any.</summary>
    private string? Kept(ReadOnlySpan<byte> body, bool mayEchoSecrets, CallbackId id)
    {
        if (body.IsEmpty)
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, ResponseBytesMax)]).Replace('\0', '\ufffd');
        return mayEchoSecrets && body.Length > WordBytesMax ? _vault.Seal(text, $"answer to {id}") : text;
    }
}
