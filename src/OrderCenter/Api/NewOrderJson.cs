using System.Text.Json;

namespace OrderCenter.Api;

/// <summary>Body of <c>POST /orders</c>. <c>gameId</c> is a number or an alias; <c>money</c> is decimal text (a JSON number is taken by
/// its text).</summary>
internal sealed record NewOrderJson
{
    public JsonElement GameId { get; init; }
    public string? ProductId { get; init; }
    public string? ProductName { get; init; }
    public JsonElement Money { get; init; }
    public string? Currency { get; init; }
    public string? UserId { get; init; }
    public string? MerchantOrderId { get; init; }
    public int? Quantity { get; init; }
    public JsonElement Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public JsonElement Extra { get; init; }

    /// <summary>The name of the channel's account that it shall be paid to, where the app has several.</summary>
    public string? Account { get; init; }

    /// <summary>How it shall be paid, where the channel has several ways: <c>app</c>, <c>wap</c>, <c>native</c>…</summary>
    public string? Way { get; init; }

    /// <summary>The player's session key at the platform, for a channel whose parameters are signed with it; used for this answer and never
    /// stored.</summary>
    public string? Session { get; init; }
}
