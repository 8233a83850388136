namespace OrderCenter.Protocols.H5Sdk;

/// <summary>What an order keeps of H5Sdk's own fields.</summary>
internal static class H5SdkAttributes
{
    public const string OpenId = "openId";
    public const string Ext = "ext";

    /// <summary>The way that the game requested. The callback repeats it, whatever channel paid in the end.</summary>
    public const string PayWay = "payWay";
}
