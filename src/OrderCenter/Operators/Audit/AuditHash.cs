using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderCenter.Operators.Audit;

/// <summary>The hash of an entry: SHA-256 over its place, the hash before it and every field, each with its length, so that no text can
/// move from one field to the next.</summary>
internal static class AuditHash
{
    public static string Of(AuditRecord entry, long number, string previousHash)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var field in new[]
        {
            Text(number), previousHash, entry.Id, Text(entry.AtMs), entry.Actor, entry.Via, entry.Role, entry.Address, entry.Action,
            entry.GameId is { } gameId ? Text(gameId) : null, entry.Target, entry.Before, entry.After, entry.Reason,
        })
        {
            var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
            hash.AppendData(Encoding.ASCII.GetBytes($"{bytes?.Length ?? -1}:"));
            hash.AppendData(bytes ?? []);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
