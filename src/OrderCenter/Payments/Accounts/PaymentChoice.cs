namespace OrderCenter.Payments.Accounts;

/// <summary>What a new order says of how it is to be paid, beside its channel; kept with the order.</summary>
public static class PaymentChoice
{
    /// <summary>The attribute with the name of the channel's account.</summary>
    public const string AccountAttribute = "channelAccount";

    /// <summary>The attribute with the way: <c>app</c>, <c>wap</c>, <c>native</c> and whatever else the channel has.</summary>
    public const string WayAttribute = "channelWay";
}
