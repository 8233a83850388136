namespace OrderCenter.Callbacks.Synchronous;

/// <summary>Makes the attempts of one synchronous callback under one lease, until the game accepts, the plan ends or the node
/// stops.</summary>
internal sealed class SynchronousAttemptLoop(
    DispatcherState state, CallbackLeaseService leases, CallbackAttemptSender sender, AttemptRecorder recorder, CallbackSendLoop sendLoop,
    TimeProvider clock)
{
    public async Task<SynchronousOutcome> RunAsync(LeasedCallback leased, SynchronousPlan plan)
    {
        var endpoint = state.EndpointOf(leased.Callback.Endpoint, leased.Callback.GameId);
        endpoint.ReserveSlotUnchecked();
        state.Leased.Add(endpoint.GameId, 1);
        var (isCalled, isAccepted) = (false, false);
        try
        {
            for (var call = 0; ; call++)
            {
                var permission = await leases.AuthorizeOrEndLeaseAsync(leased);
                if (permission is not { App: { } app, Secret: { } secret })
                {
                    return new SynchronousOutcome.Failed(permission.Refusal!);
                }
                isCalled = true;
                var (startedMs, outcome) = await sender.SendAsync(app, secret, leased);
                isAccepted = outcome.Acknowledgement.IsAccepted;
                if (isAccepted || call + 1 >= plan.WaitsMs.Count || !state.IsAccepting)
                {
                    var effect = await recorder.RecordAsync(app, leased.Callback, startedMs, outcome, isOutsideSchedule: true);
                    return effect == AttemptEffect.Delivered
                        ? new SynchronousOutcome.Delivered(WasGrantedBefore: outcome.Acknowledgement.Detail is not null)
                        : new SynchronousOutcome.Failed(outcome.Acknowledgement.Detail ?? "the game refused");
                }
                var waitMs = plan.WaitsMs[call + 1];
                var delay = TimeSpan.FromMilliseconds(Math.Clamp(startedMs + waitMs - state.WallMs, 0, waitMs));
                await Task.Delay(delay, clock, CancellationToken.None);
                if (await leases.NextAttemptAsync(leased, app, startedMs, outcome) is not { } next)
                {
                    return new SynchronousOutcome.Failed(SynchronousCallbackCoordinator.InProgressReason);
                }
                leased = next;
            }
        }
        catch (OperationCanceledException) when (state.RequestToken.IsCancellationRequested)
        {
            await leases.AbandonCallAsync(leased.Callback);
            return new SynchronousOutcome.Failed(SynchronousCallbackCoordinator.InProgressReason);
        }
        finally
        {
            if (isCalled)
            {
                endpoint.EndRequest(leased.Callback.Id, isAccepted, state.MonotonicMs);
            }
            else
            {
                endpoint.ReleaseSlots(1);
            }
            state.ReleaseLeased(endpoint);
            sendLoop.StartPrefetched(endpoint);
        }
    }
}
