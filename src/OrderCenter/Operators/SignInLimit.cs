using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

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

    private static int s_count;

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
    public static async ValueTask<SignInAttempt> BeginAsync(
        Transaction transaction, string name, IPAddress? address, long nowMs)
    {
        var ofName = await SecondsAsync(transaction, NameSubject(name), FailuresOfName, nowMs);
        var ofAddress = await SecondsAsync(transaction, AddressSubject(address), FailuresOfAddress, nowMs);
        if (Math.Max(ofName, ofAddress) is var seconds and > 0)
        {
            return new SignInAttempt("", seconds);
        }
        var attempt = NewId();
        await transaction.ExecuteAsync(InsertSql, NameSubject(name), attempt, nowMs);
        await transaction.ExecuteAsync(InsertSql, AddressSubject(address), attempt, nowMs);

        // Where items of a batch run side by side, many may have counted before any was written: those behind the last place are undone.
        var beforeOfName = await CountBeforeAsync(transaction, NameSubject(name), FailuresOfName, attempt, nowMs);
        var beforeOfAddress = await CountBeforeAsync(transaction, AddressSubject(address), FailuresOfAddress, attempt, nowMs);
        if (beforeOfName >= FailuresOfName || beforeOfAddress >= FailuresOfAddress)
        {
            transaction.MarkRolledBack();
            await WithdrawAsync(transaction, name, address, attempt);
            return new SignInAttempt("", (int)Window.TotalSeconds);
        }
        return new SignInAttempt(attempt, SecondsLocked: 0)
        {
            LocksName = beforeOfName == FailuresOfName - 1, LocksAddress = beforeOfAddress == FailuresOfAddress - 1,
        };
    }

    /// <summary>Looks at the password of an attempt. Where too many are looked at already, this one was not, and the attempt is no
    /// failure.</summary>
    /// <exception cref="DatabaseBusyException">It was not looked at.</exception>
    public static async Task<T> CheckAsync<T>(
        Database database, string name, IPAddress? address, SignInAttempt attempt, Func<Task<T>> check)
    {
        try
        {
            return await check();
        }
        catch (DatabaseBusyException)
        {
            await database.WriteAsync(
                transaction => WithdrawAsync(transaction, name, address, attempt.Id), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Writes into the audit log that an attempt failed which locks its name or its address: once for a lock, not once for each
    /// request that the lock refuses.</summary>
    /// <param name="transaction">The transaction that says that it failed.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="caller">Who tried, as far as that is known.</param>
    /// <param name="name">The operator's name; null: nobody has it.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static void AppendLock(Transaction transaction, SignInAttempt attempt, Caller caller, string? name, long nowMs)
    {
        if (attempt.LocksName)
        {
            Append("name", FailuresOfName);
        }
        if (attempt.LocksAddress)
        {
            Append("address", FailuresOfAddress);
        }

        void Append(string what, int failures) =>
            AuditTrail.Append(
                transaction, caller,
                new AuditFact("session.locked", GameId: null, name)
                {
                    Reason = $"{failures} failures of this {what} within {Window.TotalMinutes:F0} minutes",
                },
                nowMs);
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

    private static async ValueTask<int> WithdrawAsync(Transaction transaction, string name, IPAddress? address, string attempt) =>
        await transaction.ExecuteAsync(DeleteSql, NameSubject(name), attempt)
        + await transaction.ExecuteAsync(DeleteSql, AddressSubject(address), attempt);

    private static async ValueTask<long> CountBeforeAsync(
        Transaction transaction, string subject, int failuresMax, string attempt, long nowMs)
    {
        var sinceMs = nowMs - (long)Window.TotalMilliseconds;
        var before = await transaction.QueryAsync(
            BeforeSql, row => row.GetInt64(0), subject, sinceMs, nowMs, attempt, failuresMax);
        return before[0];
    }

    private static async ValueTask<int> SecondsAsync(Transaction transaction, string subject, int failuresMax, long nowMs)
    {
        var windowMs = (long)Window.TotalMilliseconds;
        var recent = await transaction.QueryAsync(RecentSql, row => row.GetInt64(0), subject, nowMs - windowMs, failuresMax);
        return recent.Count < failuresMax ? 0 : (int)Math.Max(1, (recent[^1] + windowMs - nowMs + 999) / 1000);
    }

    /// <summary>Ids of one process ascend, so that of the attempts of a millisecond those that began first have their places; the random
    /// end keeps those of different nodes apart.</summary>
    private static string NewId() =>
        $"{(uint)Interlocked.Increment(ref s_count):x8}{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

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
