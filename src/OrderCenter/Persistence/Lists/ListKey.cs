namespace OrderCenter.Persistence.Lists;

/// <summary>A place in a list that is read newest first: the time of an item, and what tells items of one time apart.</summary>
/// <param name="Ms">Unix milliseconds.</param>
/// <param name="Id">The item's id.</param>
/// <param name="Number">Its number under that id; 0: the id alone tells it apart.</param>
public readonly record struct ListKey(long Ms, string Id, long Number = 0)
{
    /// <summary>Whether this place comes before another one in a list.</summary>
    public bool IsNewerThan(ListKey other) =>
        Ms != other.Ms ? Ms > other.Ms
        : string.CompareOrdinal(Id, other.Id) is var order && order != 0 ? order > 0
        : Number > other.Number;

    /// <summary>The values of the key's columns.</summary>
    internal object[] Values(int columns) => columns == 2 ? [Ms, Id] : [Ms, Id, Number];
}
