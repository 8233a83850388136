using System.Net;

namespace OrderCenter.Payments.Notifications;

/// <summary>A notification as it was received.</summary>
/// <param name="Headers">By lower-case name: all when it is authenticated, <see cref="INotificationHandler.StoredHeaders"/> when it is
/// read.</param>
/// <param name="Body">The exact bytes.</param>
/// <param name="ReceivedMs">Unix milliseconds; its age is judged by this time, also in a replay.</param>
public sealed record RawNotification(IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, long ReceivedMs)
{
    /// <summary>The header with the account that a notification was authentic for. It is never the sender's.</summary>
    public const string AccountHeader = "ordercenter-account";

    /// <summary>Who sent it, for the log of what was refused; null once it is stored.</summary>
    public IPAddress? Caller { get; init; }

    /// <summary>The parameters of the address that it was sent to, where some platforms sign; none once it is stored.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = NoQuery;

    private static readonly Dictionary<string, string> NoQuery = new(StringComparer.Ordinal);

    /// <summary>The notification of an account; null: the app has but one.</summary>
    public RawNotification OfAccount(string? account)
    {
        if (account is null && !Headers.ContainsKey(AccountHeader))
        {
            return this;
        }
        var headers = new Dictionary<string, string>(Headers, StringComparer.Ordinal);
        headers.Remove(AccountHeader);
        if (account is not null)
        {
            headers[AccountHeader] = account;
        }
        return this with { Headers = headers };
    }
}
