using System.Text;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Apple;

/// <summary>A notification that Apple signed (anchors/payments.md, "Server Notifications V2").</summary>
/// <param name="Type"><c>notificationType</c>.</param>
/// <param name="Uuid">The same in every repetition.</param>
/// <param name="SignedMs">When Apple said it; Unix milliseconds.</param>
/// <param name="Transaction">What it is about; null: no transaction (<c>TEST</c>).</param>
/// <param name="Fault">Why the transaction cannot be read; null: it can, or there is none.</param>
internal sealed record AppleNotice(string Type, string Uuid, long SignedMs, TransactionPayload? Transaction, string? Fault)
{
    private const int NameCharsMax = 512;
    private const int BodyBytesMax = 256 * 1024;

    /// <summary>What a notification may hold, each in the others' place. None of an order's is in the last two.</summary>
    private static readonly string[] Contents = ["data", "summary", "externalPurchaseToken", "appData"];

    /// <summary>Whether an order follows what it says: one of these that cannot be read waits for an operator, the others are only
    /// shown.</summary>
    public bool Moves => Type is "ONE_TIME_CHARGE" or "REFUND" or "REVOKE" or "REFUND_REVERSED";

    /// <summary>Reads what was pushed.</summary>
    public static bool TryRead(AppleSettings settings, ReadOnlyMemory<byte> body, long nowMs, out AppleNotice notice, out string fault)
    {
        notice = null!;
        if (body.Length > BodyBytesMax)
        {
            fault = $"the notification is larger than {BodyBytesMax} bytes";
            return false;
        }
        if (!JsonFieldReader.TryParse(body, out var outer, out var malformed)
            || outer.Text("signedPayload", SignedTransaction.CharsMax) is not { } payload)
        {
            fault = malformed is null ? "signedPayload is missing" : $"the notification {malformed}";
            return false;
        }
        return TryReadPayload(settings, payload, nowMs, out notice, out fault);
    }

    /// <summary>1. The outer JWS is Apple's. 2. It is for this bundle and an environment that this installation takes, as far as it says.
    /// 3. The transaction in it is Apple's by its own signature, and of the same bundle and environment. What is Apple's and cannot be
    /// understood is reported as such, not refused: Apple adds types and shapes every year.</summary>
    public static bool TryReadPayload(
        AppleSettings settings, string signedPayload, long nowMs, out AppleNotice notice, out string fault)
    {
        notice = null!;
        if (!SignedTransaction.TryVerify(signedPayload, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the notification is not authentic: {forged}";
            return false;
        }
        if (!payload.IsGiven("notificationType") && !payload.IsGiven("notificationUUID"))
        {
            // Apple signs receipts as well, and every player has some: they must not fill the inbox.
            fault = "what Apple signed is no notification";
            return false;
        }
        var content = Contents.Select(payload.AnyObject).FirstOrDefault(found => found is not null) ?? payload;
        var environment = content.AnyText("environment", NameCharsMax);
        if (content.AnyText("bundleId", NameCharsMax) is { } bundleId && bundleId != settings.BundleId)
        {
            fault = "the notification is for another bundle";
            return false;
        }
        if (environment is not null && !AppleTransactionChecks.IsExpected(settings, environment))
        {
            fault = $"the notification is not of the environment {settings.Environment}";
            return false;
        }
        if (!TryInner(settings, content, environment, nowMs, out var transaction, out var unread, out fault))
        {
            return false;
        }
        notice = new AppleNotice(
            payload.AnyText("notificationType", NameCharsMax) ?? "a notification without a type",
            AuthenticFields.IdOf(payload.AnyText("notificationUUID", NameCharsMax), Encoding.UTF8.GetBytes(signedPayload)),
            payload.AnyTime("signedDate") ?? 0, transaction, unread);
        return true;
    }

    /// <summary>Verifies the transaction in a notification. There may be none; what cannot be read of an authentic one is told in
    /// <c>unread</c>.</summary>
    private static bool TryInner(
        AppleSettings settings, JsonFieldReader content, string? environment, long nowMs, out TransactionPayload? transaction,
        out string? unread, out string fault)
    {
        (transaction, unread, fault) = (null, null, "");
        if (!content.IsGiven("signedTransactionInfo"))
        {
            return true;
        }
        if (content.AnyText("signedTransactionInfo", SignedTransaction.CharsMax) is not { } jws)
        {
            unread = "signedTransactionInfo must be a string";
            return true;
        }
        if (!SignedTransaction.TryVerify(jws, settings, nowMs, out var payload, out var forged))
        {
            fault = $"the transaction in the notification is not authentic: {forged}";
            return false;
        }
        if (TransactionPayload.Read(payload) is not { } read)
        {
            unread = payload.Faults[0];
            return true;
        }
        if (!AppleTransactionChecks.IsOurs(settings, read) || (environment is not null && read.Environment != environment))
        {
            fault = "the transaction in the notification is of another bundle or environment";
            return false;
        }
        transaction = read;
        return true;
    }
}
