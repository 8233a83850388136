namespace OrderCenter.Cards;

/// <summary>What a card's fields hold (protocols.md §4, "card items"). The numbers are the wire's
/// <c>card_type</c>.</summary>
public enum CardType
{
    NumberAndPassword = 1,
    Password = 2,
    Link = 3,
    LinkAndCoupon = 4,
}
