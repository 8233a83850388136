namespace OrderCenter.Simulator.Stores;

/// <summary>What is wrong with a message that WeChat did not push.</summary>
public enum WeChatVirtualForgery
{
    None,

    /// <summary>Signed with somebody else's token.</summary>
    WrongToken,

    /// <summary>One digit of the signature was changed.</summary>
    ChangedSignature,

    /// <summary>No signature in the address.</summary>
    NoSign,

    /// <summary>Signed two days ago.</summary>
    Old,

    /// <summary>Milliseconds in the place of seconds.</summary>
    Milliseconds,

    /// <summary>Encrypted under another key, truly signed.</summary>
    OtherKey,

    /// <summary>Encrypted for another appid, truly signed.</summary>
    OtherApp,

    /// <summary>One byte of the encrypted text was changed after it was signed.</summary>
    ChangedBody,

    /// <summary>A mini game's payload signed with another AppKey.</summary>
    OtherAppKey,

    /// <summary>A mini game's payload that was changed after it was signed.</summary>
    ChangedPayload,
}
