using System.Security.Cryptography;
using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>The audit log of the installation: every write of a person or a token. A transaction only adds its entry; entries are numbered
/// and chained afterwards (docs/decisions/0017-audit-log.md), so that no node waits for another.</summary>
public static class AuditTrail
{
    /// <summary>Longer texts are cut: an entry tells what changed, it is no copy.</summary>
    public const int TextMax = 4000;

    private static int s_count;

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO audit_entries (entry_id, at_ms, actor, via, role, address, action, game_id, target, old_value, new_value, reason) " +
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

    /// <summary>Adds an entry to the transaction that makes the write. It must be called once the write is known to be made. Without a
    /// caller (the service itself, a game) there is none.</summary>
    public static void Append(Transaction transaction, AuditFact fact, long nowMs)
    {
        if (transaction.Caller is { } caller)
        {
            Append(transaction, caller, fact, nowMs);
        }
    }

    /// <summary>The same for a caller who is not the transaction's.</summary>
    public static void Append(Transaction transaction, Caller caller, AuditFact fact, long nowMs) =>
        transaction.Send(
            InsertSql, NewId(nowMs), nowMs, caller.Name, caller.Via, caller.Role, caller.Address, fact.Action, fact.GameId,
            fact.Target, Shorten(fact.Before), Shorten(fact.After), Shorten(fact.Reason));

    /// <summary>Ids of one process ascend with the time, and within a millisecond in the order of the writes; the random end keeps those of
    /// different nodes apart.</summary>
    private static string NewId(long nowMs) =>
        $"{nowMs:x12}{(uint)Interlocked.Increment(ref s_count):x8}{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    private static string? Shorten(string? text) => text is { Length: > TextMax }
        ? (char.IsHighSurrogate(text[TextMax - 1]) ? text[..(TextMax - 1)] : text[..TextMax]) + "…"
        : text;
}
