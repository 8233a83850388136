using OrderCenter.Domain;

namespace OrderCenter.Tests.Simulation;

/// <summary>An order as its game sees it.</summary>
internal sealed class TrueOrder
{
    public required OrderId Id { get; init; }
    public required string ProductId { get; init; }
    public required int Quantity { get; init; }
    public required Money Money { get; init; }
    public required string? Channel { get; init; }
    public required string UserId { get; init; }

    /// <summary>The account at each store that it is paid to.</summary>
    public required PaymentStores Stores { get; init; }

    /// <summary>Whether it names the account: then no other pays it.</summary>
    public required bool NamesAccount { get; init; }

    /// <summary>What the client hands to Apple, so that the purchase names it; null: nothing.</summary>
    public string? Token { get; init; }

    /// <summary>How often the game was told "the first time": its permission to hand over.</summary>
    public int Handed { get; set; }

    /// <summary>Points that were given back by hand in parts, ten-thousandths.</summary>
    public long PartBack { get; set; }

    /// <summary>Points, given back by hand.</summary>
    public bool IsGivenBackByHand { get; set; }

    public bool CanBePaidAt(PaymentStores stores) => !NamesAccount || stores == Stores;
}
