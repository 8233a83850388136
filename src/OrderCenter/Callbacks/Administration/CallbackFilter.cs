using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>The conditions of a search for callbacks; null: none.</summary>
public sealed record CallbackFilter
{
    public CallbackStatus? Status { get; init; }

    /// <summary>The games whose callbacks may be found.</summary>
    public GameLimit Games { get; init; } = GameLimit.None;

    /// <summary>Scheme, host and port of the address, in lower case, without a port that is the scheme's own.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The status of an answer to any of its attempts.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Queued at or after, Unix milliseconds.</summary>
    public long? FromMs { get; init; }

    /// <summary>Queued before, Unix milliseconds.</summary>
    public long? ToMs { get; init; }

    internal ListScan<(long CreatedMs, Callback Callback)> Scan()
    {
        var scan = new ListScan<(long CreatedMs, Callback Callback)>(CallbackTable.List) { FromMs = FromMs, ToMs = ToMs };
        var parts = CallbackTable.PartsOf(Status);
        foreach (var part in parts)
        {
            scan.AddRange(part);
        }

        // What is leased is few, and all that its part holds; of the others a part holds several.
        scan.AddFilter("status + 0 = ?", Status is null or CallbackStatus.Delivering ? null : (int?)Status);
        scan.FilterGames(Games);
        scan.AddFilter("endpoint = game_id || ' ' || ?", Endpoint);
        scan.AddFilter(
            "(http_status = ? OR EXISTS (SELECT 1 FROM callback_attempts a WHERE a.order_id = callbacks.order_id " +
            "AND a.callback_number = callbacks.number AND a.http_status = ?))",
            HttpStatus, HttpStatus);
        return scan;
    }
}
