namespace OrderCenter.Channels.WeChat;

/// <summary>How a player pays.</summary>
internal enum WeChatWay
{
    Native,
    H5,
    App,
    Jsapi,
}
