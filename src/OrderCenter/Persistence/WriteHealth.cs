namespace OrderCenter.Persistence;

/// <summary>Whether the database takes writes. A write that failed for lack of space, or because the database became read-only, says that
/// it does not; a probe that was written says that it does again. Only changes are logged.</summary>
internal sealed partial class WriteHealth(ILogger log)
{
    private volatile string? _reason;

    /// <summary>Why the database takes no writes; null: it does, as far as is known.</summary>
    public string? Reason => _reason;

    /// <summary>A write failed for a reason that is not its own.</summary>
    /// <returns>The fault for the caller.</returns>
    public DatabaseBusyException Refused(string reason, Exception fault)
    {
        if (Interlocked.Exchange(ref _reason, reason) is null)
        {
            LogRefused(log, reason, fault.Message);
        }
        return new DatabaseBusyException($"{reason}; try again later", fault);
    }

    public void Recovered()
    {
        if (Interlocked.Exchange(ref _reason, null) is not null)
        {
            LogRecovered(log);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Reason} ({Fault}): writes are refused with 503 and this node is not ready until there is space again")]
    private static partial void LogRefused(ILogger logger, string reason, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database takes writes again")]
    private static partial void LogRecovered(ILogger logger);
}
