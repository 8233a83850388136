namespace OrderCenter.Cards;

/// <summary>One card. It prints as <c>***</c>, since whoever reads it can spend it.</summary>
/// <param name="Type">What the other fields hold.</param>
/// <param name="No">The number, or the link; empty where there is only a password.</param>
/// <param name="Password">The password, or the coupon; empty where there is only a link.</param>
/// <param name="Rect">A matrix number or a gift; may be empty.</param>
public sealed record Card(CardType Type, string No, string Password, string Rect)
{
    public const int NoMax = 2048;
    public const int TextMax = 512;

    /// <summary>How many characters at the end of a number are shown, and how long it must be for that.</summary>
    private const int ShownMax = 4;
    private const int ShownOfMin = 12;

    /// <summary>The masked number, by which an importer recognizes the card; never the password.</summary>
    public string MaskedNo => No.Length == 0 ? "" : No.Length < ShownOfMin ? "***" : "***" + No[^ShownMax..];

    /// <summary>The same card with nothing in it that can be spent, for people who may not read it.</summary>
    public Card Masked() => this with { No = Mask(No), Password = Mask(Password), Rect = Mask(Rect) };

    private static string Mask(string text) => text.Length == 0 ? "" : "***";

    /// <summary>The field that does not fit the card's type, and what is allowed; null: none.</summary>
    public (string Field, string Allowed)? Fault() => Type switch
    {
        _ when IsRefused(No, NoMax) => ("cardNo", $"must be at most {NoMax} characters without NUL"),
        _ when IsRefused(Password, TextMax) => ("cardPassword", $"must be at most {TextMax} characters without NUL"),
        _ when IsRefused(Rect, TextMax) => ("cardRect", $"must be at most {TextMax} characters without NUL"),
        CardType.NumberAndPassword when No.Length == 0 => ("cardNo", "must be the number of a card of type 1"),
        CardType.NumberAndPassword when Password.Length == 0 => ("cardPassword", "must be the password of a card of type 1"),
        CardType.Password when No.Length > 0 => ("cardNo", "must be empty in a card of type 2: it has a password alone"),
        CardType.Password when Password.Length == 0 => ("cardPassword", "must be the password of a card of type 2"),
        CardType.Link or CardType.LinkAndCoupon when !IsLink(No) =>
            ("cardNo", "must be the link, an absolute http or https URL, of a card of type 3 or 4"),
        CardType.Link when Password.Length > 0 => ("cardPassword", "must be empty in a card of type 3: it is a link alone"),
        CardType.LinkAndCoupon when Password.Length == 0 => ("cardPassword", "must be the coupon of a card of type 4"),
        CardType.NumberAndPassword or CardType.Password or CardType.Link or CardType.LinkAndCoupon => null,
        _ => ("cardType", "must be 1 (number and password), 2 (password), 3 (link) or 4 (link and coupon)"),
    };

    public override string ToString() => "***";

    /// <summary>Too long in characters, or not to be stored: NUL, half of a surrogate pair.</summary>
    private static bool IsRefused(string text, int charactersMax)
    {
        var characters = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))))
            {
                return true;
            }
            characters++;
        }
        return characters > charactersMax;
    }

    private static bool IsLink(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var link) && (link.Scheme == Uri.UriSchemeHttp || link.Scheme == Uri.UriSchemeHttps);
}
