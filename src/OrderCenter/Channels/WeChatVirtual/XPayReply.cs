using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>An answer of WeChat's.</summary>
/// <param name="Code">WeChat's error code; 0: done; null: no answer that can be read came.</param>
/// <param name="Fields">The body; null: there is none.</param>
/// <param name="Message">For the operator.</param>
internal sealed record XPayReply(long? Code, JsonFieldReader? Fields, string Message)
{
    private const long Parameter = 268490002;

    public bool IsDone => Code == 0;

    /// <summary>The order is not there: WeChat says so under the code of a wrong parameter, or answers without an order.</summary>
    public bool IsNotThere =>
        (Code == Parameter && Message.Contains("数据不存在", StringComparison.Ordinal))
        || (IsDone && Fields is { } fields && !fields.IsGiven("order"));

    /// <summary>A refusal of the app's settings: its numbers, its keys, its rights, its address list.</summary>
    public bool IsSettingsFault => Code is 40013 or 40125 or 40164 or 48001 or 268490003 or 268490021;
}
