namespace OrderCenter.Domain.Products;

/// <summary>What becomes of an order whose product or price is not the catalogue's.</summary>
public enum PriceMismatch
{
    /// <summary>It is not created.</summary>
    Refuse,

    /// <summary>It is created and held for review.</summary>
    Hold,
}
