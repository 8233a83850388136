using OrderCenter.Domain;

namespace OrderCenter.Apps;

/// <summary>The names of the installed protocols.</summary>
public sealed record ProtocolNames(IReadOnlyList<string> All)
{
    /// <summary>How many random digits order numbers have by default, by protocol; missing: the fewest.</summary>
    public IReadOnlyDictionary<string, int> RandomDigits { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    public int RandomDigitsOf(AppDocument document) => RandomDigits.GetValueOrDefault(document.Protocol ?? "", OrderId.RandomDigitsMin);
}
