using System.Text.Json;
using OrderCenter.Domain.Changes;

namespace OrderCenter.Persistence.Tables;

/// <summary>A page of a game's feed as it is stored.</summary>
/// <param name="First">The number of its first change.</param>
/// <param name="Last">The number of its last change.</param>
/// <param name="Changes">Null: they cannot be read.</param>
/// <param name="ChainBefore">The chain up to it.</param>
internal sealed record StoredPage(long First, long Last, IReadOnlyList<Change>? Changes, string ChainBefore)
{
    public static StoredPage Read(long gameId, long first, long last, string changes, string chainBefore)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(changes, StoredJson.Default.StoredChangeArray);
            return new StoredPage(first, last, stored is null ? null : [.. stored.Select(change => change.In(gameId))], chainBefore);
        }
        catch (JsonException)
        {
            return new StoredPage(first, last, null, chainBefore);
        }
    }
}
