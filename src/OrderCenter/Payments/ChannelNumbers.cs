using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>The numbers by which protocols name channels (<c>pay_channel</c>, <c>platform_id</c>); protocols.md, introduction.</summary>
public static class ChannelNumbers
{
    public const string Form = "0 (none), 1 (google), 2 (apple), 3 (alipay), 4 (wechat) or 5 (points)";

    /// <summary>The channels that have a name and no number.</summary>
    public const string UnnumberedForm = "wechat-virtual";

    private static readonly string?[] Names = [null, "google", "apple", "alipay", "wechat", "points"];
    private static readonly string[] Unnumbered = ["wechat-virtual"];

    /// <summary>Takes a number or a name; "0" and the empty text are no channel.</summary>
    public static bool TryParse(string text, out string? name)
    {
        name = null;
        if (text is "" or "0")
        {
            return true;
        }
        name = text is [>= '1' and <= '5'] ? Names[text[0] - '0'] : Names.Concat(Unnumbered).FirstOrDefault(known => known == text);
        return name is not null;
    }

    /// <summary>The same, or the name of a channel that the app has configured.</summary>
    public static bool TryParse(string text, App app, out string? name)
    {
        if (TryParse(text, out name))
        {
            return true;
        }
        name = app.Channels.ContainsKey(text) ? text : null;
        return name is not null;
    }

    /// <summary>The number of a channel; 0 for none and for one that the protocols have no number for.</summary>
    public static int Of(string? name) => name is null ? 0 : Math.Max(0, Array.IndexOf(Names, name));

    /// <summary>The channel of a number from 1 to 5.</summary>
    public static string NameOf(int number) => Names[number]!;
}
