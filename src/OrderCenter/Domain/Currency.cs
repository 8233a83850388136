namespace OrderCenter.Domain;

/// <summary>Currency codes: 3 to 8 letters, echoed as sent. RMB and CNY mean the same; case does not matter when two are
/// compared.</summary>
public static class Currency
{
    public const string Form = "3 to 8 letters";

    public static bool IsValid(string text) => text.Length is >= 3 and <= 8 && text.All(char.IsAsciiLetter);

    public static bool Same(string left, string right) =>
        string.Equals(Canonical(left), Canonical(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>The one spelling by which currencies are compared.</summary>
    public static string Canonical(string currency) =>
        currency.Equals("RMB", StringComparison.OrdinalIgnoreCase) ? "CNY" : currency.ToUpperInvariant();
}
