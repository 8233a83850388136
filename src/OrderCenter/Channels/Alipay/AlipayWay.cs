namespace OrderCenter.Channels.Alipay;

/// <summary>How a player pays with Alipay.</summary>
internal enum AlipayWay
{
    /// <summary>In an app, through Alipay's SDK.</summary>
    App,

    /// <summary>On a mobile page.</summary>
    Wap,

    /// <summary>On a computer's page.</summary>
    Page,

    /// <summary>By scanning a code.</summary>
    Qr,
}
