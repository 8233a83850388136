namespace OrderCenter.Simulator.Stores;

/// <summary>What is wrong with a notification that WeChat did not send.</summary>
public enum WeChatForgery
{
    None,

    /// <summary>Signed by somebody else's key under the right name.</summary>
    WrongKey,

    /// <summary>A serial number that nobody knows.</summary>
    UnknownSerial,

    /// <summary>One byte of the body was changed after it was signed.</summary>
    ChangedBody,

    /// <summary>One byte of the signature was changed.</summary>
    ChangedSignature,

    /// <summary>WeChat's own probe.</summary>
    SignTest,

    /// <summary>Signed six minutes ago.</summary>
    Old,

    /// <summary>Milliseconds in the place of seconds.</summary>
    Milliseconds,

    /// <summary>No signature headers at all.</summary>
    NoSign,

    /// <summary>Truly signed, encrypted under another APIv3 key.</summary>
    OtherApiV3Key,

    /// <summary>Truly signed, for another merchant.</summary>
    OtherMerchant,

    /// <summary>Truly signed, for another app.</summary>
    OtherApp,
}
