using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Operators;

/// <summary>Counts failed sign-ins by name and by address, in the database, so that the count is one for all nodes and outlives a restart.
/// An attempt is written before the password is looked at: many at once are counted too. A name that nobody has is counted like any
/// other.</summary>
internal static class SignInLimit
{
    public const int FailuresOfName = 5;
    public const int FailuresOfAddress = 20;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private const int PruneMax = 500;

    private static readonly SqlStatement RecentSql = new(
        "SELECT at_ms FROM sign_in_attempts WHERE subject = $1 AND at_ms > $2 ORDER BY at_ms DESC LIMIT $3");

    private static readonly SqlStatement BeforeSql = new(
        "SELECT count(*) FROM (SELECT 1 FROM sign_in_attempts WHERE subject = $1 AND at_ms > $2 AND (at_ms, attempt_id) < ($3, $4) " +
        "LIMIT $5) few");

    private static readonly SqlStatement InsertSql = new(
        "INSERT INTO sign_in_attempts (subject, attempt_id, at_ms) VALUES ($1, $2, $3)");

    private static readonly SqlStatement DeleteSql = new("DELETE FROM sign_in_attempts WHERE subject = $1 AND attempt_id = $2");
    private static readonly SqlStatement ForgetSql = new("DELETE FROM sign_in_attempts WHERE subject = $1");
    private static readonly SqlStatement PruneSql = new(
        "DELETE FROM sign_in_attempts WHERE at_ms + 0 < $1 " +
        "AND attempt_id IN (SELECT attempt_id FROM sign_in_attempts WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)");

    /// <summary>Counts an attempt as failed until <see cref="SucceedAsync"/>.</summary>
    /// <returns>The attempt; or after how many seconds the next is allowed: then this one is not counted.</returns>
    public static async ValueTask<(string Attempt, int SecondsLocked)> BeginAsync(
        Transaction transaction, string name, IPAddress? address, long nowMs)
    {
        var ofName = await SecondsAsync(transaction, NameSubject(name), FailuresOfName, nowMs);
        var ofAddress = await SecondsAsync(transaction, AddressSubject(address), FailuresOfAddress, nowMs);
        if (Math.Max(ofName, ofAddress) is var seconds and > 0)
        {
            return ("", seconds);
        }
        var attempt = RandomNumberGenerator.GetHexString(24, lowercase: true);
        await transaction.ExecuteAsync(InsertSql, NameSubject(name), attempt, nowMs);
        await transaction.ExecuteAsync(InsertSql, AddressSubject(address), attempt, nowMs);

        // Where items of a batch run side by side, many may have counted before any was written: those behind the last place are undone.
        if (!await HasPlaceAsync(transaction, NameSubject(name), FailuresOfName, attempt, nowMs)
            || !await HasPlaceAsync(transaction, AddressSubject(address), FailuresOfAddress, attempt, nowMs))
        {
            transaction.MarkRolledBack();
            await transaction.ExecuteAsync(DeleteSql, NameSubject(name), attempt);
            await transaction.ExecuteAsync(DeleteSql, AddressSubject(address), attempt);
            return ("", (int)Window.TotalSeconds);
        }
        return (attempt, 0);
    }

    /// <summary>The attempt was right: it is no failure of the address, and the name's failures are forgotten.</summary>
    public static async ValueTask SucceedAsync(Transaction transaction, string name, IPAddress? address, string attempt)
    {
        await ForgetAsync(transaction, name);
        await transaction.ExecuteAsync(DeleteSql, AddressSubject(address), attempt);
    }

    /// <summary>Unlocks a name.</summary>
    public static ValueTask<int> ForgetAsync(Transaction transaction, string name) =>
        transaction.ExecuteAsync(ForgetSql, NameSubject(name));

    /// <summary>Deletes attempts that no longer count: a bounded number at a time.</summary>
    public static async Task PruneAsync(Database database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var beforeMs = clock.NowMs() - (long)Window.TotalMilliseconds;
        while (await database.UpkeepAsync(
            transaction => transaction.ExecuteAsync(PruneSql, beforeMs, PruneMax), cancellationToken) >= PruneMax)
        {
        }
    }

    private static async ValueTask<bool> HasPlaceAsync(
        Transaction transaction, string subject, int failuresMax, string attempt, long nowMs)
    {
        var sinceMs = nowMs - (long)Window.TotalMilliseconds;
        var before = await transaction.QueryAsync(
            BeforeSql, row => row.GetInt64(0), subject, sinceMs, nowMs, attempt, failuresMax);
        return before[0] < failuresMax;
    }

    private static async ValueTask<int> SecondsAsync(Transaction transaction, string subject, int failuresMax, long nowMs)
    {
        var windowMs = (long)Window.TotalMilliseconds;
        var recent = await transaction.QueryAsync(RecentSql, row => row.GetInt64(0), subject, nowMs - windowMs, failuresMax);
        return recent.Count < failuresMax ? 0 : (int)Math.Max(1, (recent[^1] + windowMs - nowMs + 999) / 1000);
    }

    private static string NameSubject(string name) => "name " + Operator.KeyOf(name);

    /// <summary>An IPv6 address counts with its /64 network, because one caller usually has the whole of it.</summary>
    private static string AddressSubject(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? string.Create(CultureInfo.InvariantCulture, $"address {Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8))}/64")
            : $"address {plain}";
    }
}
