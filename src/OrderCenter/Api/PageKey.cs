namespace OrderCenter.Api;

/// <summary>Where a page ended: the time and the id of the last item.</summary>
internal readonly record struct PageKey(long Ms, string Id)
{
    public const int IdMax = 64;
}
