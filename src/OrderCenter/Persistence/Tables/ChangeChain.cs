using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Persistence.Tables;

/// <summary>A digest over a game's changes from the first on. Two databases that gave the same number to different changes, or to the
/// same after different ones, have different chains there: so a cursor that carries the chain is known to be of another past than this
/// one's.</summary>
internal static class ChangeChain
{
    private const int BytesKept = 8;

    /// <summary>The chain behind more changes; of none it is the same.</summary>
    public static string Behind(string chain, IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            chain = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture, $"{chain} {change.OrderId.Value} {change.Move} {(int)change.Event} {change.AtMs}")))
                    .AsSpan(0, BytesKept));
        }
        return chain;
    }
}
