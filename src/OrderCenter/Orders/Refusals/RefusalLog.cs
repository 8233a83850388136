using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;

namespace OrderCenter.Orders.Refusals;

/// <summary>Counts refused requests by endpoint family and cause. Refusals that hint at an attack or a wrong setting are logged with the
/// caller's address, at a bounded rate.</summary>
public sealed partial class RefusalLog
{
    /// <summary>The app is unknown, disabled or of another protocol.</summary>
    public const string App = "app";

    /// <summary>The app does not allow the caller's address.</summary>
    public const string Address = "address";
    public const string Signature = "signature";

    /// <summary>A good sign, but neither an address that the app names nor a Standard Webhooks signature.</summary>
    public const string Proof = "proof";

    /// <summary>The sign belongs to another message, whose characters were rearranged.</summary>
    public const string SignatureReused = "signatureReused";

    /// <summary>Outside the app's time window.</summary>
    public const string Time = "time";

    /// <summary>A field is missing or malformed, or the request cannot be fulfilled; the response says which.</summary>
    public const string Request = "request";

    /// <summary>There is no order with these values.</summary>
    public const string NoSuchOrder = "noSuchOrder";

    /// <summary>The store's transaction id belongs to another order.</summary>
    public const string OtherOrder = "otherOrder";
    public const string NotPaid = "notPaid";

    /// <summary>The bearer token of the native API.</summary>
    public const string Token = "token";
    public const string Notification = "notification";
    public const string TooLarge = "tooLarge";
    public const string MediaType = "mediaType";

    /// <summary>The body broke off, or came too slowly.</summary>
    public const string Unreadable = "unreadable";
    public const string TooMany = "tooMany";

    /// <summary>A passing fault: overload, or the database.</summary>
    public const string Busy = "busy";
    public const string Internal = "internal";

    /// <summary>Lines a minute for each family and cause.</summary>
    public const int LinesMax = 5;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Counter<long> _refused;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <summary>One for each family and cause: both are names of this program.</summary>
    private readonly ConcurrentDictionary<(string, string), LineBudget> _budgets = new();

    public RefusalLog(IMeterFactory meters, TimeProvider clock, ILogger<RefusalLog> log)
    {
        (_clock, _log) = (clock, log);
        _refused = meters.Create(OrderMetrics.MeterName).CreateCounter<long>(
            "ordercenter.refusals", description: "Refused requests by endpoint family and cause");
    }

    /// <summary>Reports 0 before the first event, so that the rate of a series begins with that event.</summary>
    public void ReportZero(IEnumerable<string> families)
    {
        foreach (var family in families)
        {
            _refused.Add(0, new("endpoints", family), new("cause", Signature));
            _refused.Add(0, new("endpoints", family), new("cause", Busy));
        }
    }

    /// <summary>The cause of a status where the request never reached its protocol; null: it did.</summary>
    public static string? CauseOf(int status) => status switch
    {
        < 400 => null,
        401 or 403 => Token,
        408 => Unreadable,
        413 => TooLarge,
        415 => MediaType,
        429 => TooMany,
        503 => Busy,
        >= 500 => Internal,
        _ => Request,
    };

    /// <summary>Counts a refusal.</summary>
    /// <param name="family">The endpoints: a name of this program.</param>
    /// <param name="cause">One of the causes above.</param>
    /// <param name="caller">The caller's address.</param>
    /// <param name="detail">Further text for the log; the caller bounds its length.</param>
    public void Count(string family, string cause, IPAddress? caller, string? detail = null)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("endpoints", family), new KeyValuePair<string, object?>("cause", cause));
        if (cause is not (Request or NoSuchOrder or OtherOrder or NotPaid or Internal))
        {
            LogAtBoundedRate(family, cause, caller, detail ?? "");
        }
    }

    /// <summary>Logs a refusal, unless the limit of lines is reached. It counts nothing.</summary>
    /// <returns>Whether it is in the log.</returns>
    public bool LogAtBoundedRate(string family, string cause, IPAddress? caller, string detail)
    {
        if (!_budgets.GetOrAdd((family, cause), static _ => new LineBudget()).TryTake(_clock, out var unlogged))
        {
            return false;
        }
        var more = unlogged == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({unlogged} more since the last such line)");
        LogRefused(_log, family, cause, caller, detail.Length == 0 ? "" : ": " + detail, more);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "request refused: {Endpoints}, {Cause}, from {Address}{Detail}{More}")]
    private static partial void LogRefused(ILogger logger, string endpoints, string cause, IPAddress? address, string detail, string more);

    /// <summary>How many lines were written in this period, and how many were not since the last one.</summary>
    private sealed class LineBudget
    {
        private readonly Lock _lock = new();
        private long _since;
        private int _written;
        private long _unlogged;

        public bool TryTake(TimeProvider clock, out long unlogged)
        {
            lock (_lock)
            {
                unlogged = 0;
                if (_written == 0 || clock.GetElapsedTime(_since) >= Period)
                {
                    (_since, _written) = (clock.GetTimestamp(), 0);
                }
                if (_written >= LinesMax)
                {
                    _unlogged++;
                    return false;
                }
                _written++;
                (unlogged, _unlogged) = (_unlogged, 0);
                return true;
            }
        }
    }
}
