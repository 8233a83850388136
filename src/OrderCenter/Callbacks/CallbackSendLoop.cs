using System.Data.Common;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;

namespace OrderCenter.Callbacks;

/// <summary>Sends the callbacks that are leased to this node. When a request ends, its slot is given to the next prefetched callback of the
/// same endpoint.</summary>
internal sealed partial class CallbackSendLoop(
    DispatcherState state, CallbackLeaseService leases, CallbackAttemptSender sender, AttemptRecorder recorder,
    ILogger<CallbackSendLoop> log)
{
    /// <summary>Sends a leased callback for which a slot is reserved. What follows is nobody's request: neither who asked for this callback
    /// nor what is traced now may reach the callbacks that are sent after it. The span that caused it is
    /// <see cref="LeasedCallback.Caller"/>.</summary>
    public void Start(LeasedCallback leased)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = RunAsync(leased);
            return;
        }
        using var flow = ExecutionContext.SuppressFlow();
        _ = RunAsync(leased);
    }

    /// <summary>Sends as many prefetched callbacks of an endpoint as it has free slots, or puts all of them back if the breaker is open or
    /// this node stops.</summary>
    public void StartPrefetched(EndpointLimiter endpoint)
    {
        if (StartPrefetchedExceptFirst(endpoint) is { } leased)
        {
            Start(leased);
        }
    }

    private async Task RunAsync(LeasedCallback first)
    {
        var endpoint = state.EndpointOf(first.Callback.Endpoint, first.Callback.GameId);
        for (var next = first; next is not null;)
        {
            // Responses that have arrived are processed before new requests are sent: so requests leave in groups, and the receiver is
            // woken once for several of them (measured on 2 processors: 1.25 times the callbacks of sending at once).
            await Task.Yield();
            next = await SendAsync(endpoint, next);
        }
    }

    /// <summary>Sends one callback. Its slot at the endpoint is released when the response has come; it still counts against the node until
    /// its outcome is stored.</summary>
    /// <returns>The next one to send, with a slot reserved; null: none.</returns>
    private async Task<LeasedCallback?> SendAsync(EndpointLimiter endpoint, LeasedCallback leased)
    {
        var callback = leased.Callback;
        var hasEnded = false;
        try
        {
            if (await leases.AuthorizeOrEndLeaseAsync(leased) is { App: { } app, Secret: { } secret })
            {
                var (startedMs, outcome) = await sender.SendAsync(app, secret, leased);
                hasEnded = true;
                var hasBreakerChanged = endpoint.EndRequest(callback.Id, outcome.Acknowledgement.IsAccepted, state.MonotonicMs);
                _ = RecordAsync(endpoint, app, callback, startedMs, outcome);
                if (hasBreakerChanged)
                {
                    LogBreaker(log, endpoint.Endpoint, endpoint.IsBreakerOpen ? "open" : "closed");
                }
            }
        }
        catch (OperationCanceledException) when (state.RequestToken.IsCancellationRequested)
        {
            await leases.AbandonCallAsync(callback);
        }
#pragma warning disable CA1031 // A bug must neither stop the other callbacks nor have this one sent for ever.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await recorder.RecordAfterFaultAsync(callback, fault, isAccepted: false);
        }
        finally
        {
            if (!hasEnded)
            {
                state.ReleaseLeased(endpoint);
                endpoint.ReleaseSlots(1);
            }
        }
        return StartPrefetchedExceptFirst(endpoint);
    }

    private async Task RecordAsync(EndpointLimiter endpoint, App app, Callback callback, long startedMs, AttemptOutcome outcome)
    {
        try
        {
            await recorder.RecordAsync(app, callback, startedMs, outcome, isOutsideSchedule: false);
        }
#pragma warning disable CA1031 // As in SendAsync.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await recorder.RecordAfterFaultAsync(callback, fault, outcome.Acknowledgement.IsAccepted);
        }
        state.ReleaseLeased(endpoint);
    }

    /// <summary>Starts as many prefetched callbacks as slots are free, except the first. If the breaker is open or this node stops, all of
    /// them are put back instead.</summary>
    /// <returns>The first one, for the caller to send; null: none.</returns>
    private LeasedCallback? StartPrefetchedExceptFirst(EndpointLimiter endpoint)
    {
        LeasedCallback? first = null;
        if (!state.IsAccepting || endpoint.IsBreakerOpen)
        {
            foreach (var leased in endpoint.TakePrefetched())
            {
                _ = PutBackAsync(endpoint, leased.Callback);
            }
        }
        else if ((first = endpoint.TryStartNext(state.MaxConcurrencyOf(endpoint))) is not null)
        {
            while (endpoint.TryStartNext(state.MaxConcurrencyOf(endpoint)) is { } leased)
            {
                Start(leased);
            }
        }
        state.SignalFreed(endpoint);
        return first;
    }

    private async Task PutBackAsync(EndpointLimiter endpoint, Callback callback)
    {
        try
        {
            await leases.PutBackAsync(callback);
        }
        catch (Exception fault) when (fault is DatabaseBusyException or DbException)
        {
            LogNotPutBack(log, fault, callback.Id);
        }
        finally
        {
            state.ReleaseLeased(endpoint);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the circuit breaker of endpoint {Endpoint} is {State}")]
    private static partial void LogBreaker(ILogger logger, string endpoint, string state);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "callback {CallbackId} could not be put back; it is sent again when its lease has expired")]
    private static partial void LogNotPutBack(ILogger logger, Exception fault, CallbackId callbackId);
}
