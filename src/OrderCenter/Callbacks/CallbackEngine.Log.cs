using Microsoft.Extensions.Logging;
using OrderCenter.Model;

namespace OrderCenter.Callbacks;

/// <summary>What the engine says: one line an attempt.</summary>
public sealed partial class CallbackEngine
{
    [LoggerMessage(Level = LogLevel.Information, Message = "callback {CallbackId} attempt {Attempt}: {Recorded}, HTTP {HttpStatus}, {DurationMs} ms {Detail}")]
    private static partial void LogAttempt(ILogger logger, CallbackId callbackId, int attempt, Recorded recorded, int? httpStatus, long durationMs, string? detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "callback {CallbackId} is exhausted after attempt {Attempt}: it waits for a person")]
    private static partial void LogExhausted(ILogger logger, CallbackId callbackId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "callback {CallbackId} is held: its app is disabled or has no secret")]
    private static partial void LogHeld(ILogger logger, CallbackId callbackId);

    [LoggerMessage(Level = LogLevel.Information, Message = "callback {CallbackId} is cancelled: its order was refunded, or is held for review")]
    private static partial void LogCancelled(ILogger logger, CallbackId callbackId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the breaker of endpoint {Endpoint} is {State}")]
    private static partial void LogBreaker(ILogger logger, string endpoint, string state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} callbacks taken over from nodes that died")]
    private static partial void LogRecovered(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the callback engine could not go on for now")]
    private static partial void LogStoreFault(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "callback {CallbackId} could not be handled")]
    private static partial void LogFault(ILogger logger, Exception fault, CallbackId callbackId);
}
