using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Domain;
using OrderCenter.Orders.Refusals;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's envelope (protocols.md §2): <c>{"code":"000","message":"…","data":{…}}</c>, in a refusal <c>"data":""</c>; text
/// unescaped.</summary>
internal static class H5SdkJson
{
    public const string Success = "000";
    public const string Malformed = "100";
    public const string UnknownOpenId = "101";
    public const string NotAccepted = "102";
    public const string Different = "201";
    public const string NotConfigured = "202";
    public const string Insufficient = "203";
    public const string TryAgain = "300";

    /// <summary>Refuses; <paramref name="status"/> other than 200 only where the request never reached the protocol.</summary>
    public static Task RefuseAsync(HttpContext context, string code, string message, int status = StatusCodes.Status200OK)
    {
        if (code != NotAccepted)
        {
            context.CountRefusal(H5SdkProtocol.ProtocolName, status, code == TryAgain ? RefusalLog.Busy : RefusalLog.Request, message);
        }
        return WriteAsync(context, code, message, static (writer, _) => writer.WriteStringValue(""u8), 0, status);
    }

    /// <summary>A login: every value is a text, as the source's sample shows.</summary>
    public static Task SucceedAsync(HttpContext context, App app, Login login) =>
        WriteAsync(context, Success, "success", static (writer, data) =>
        {
            writer.WriteStartObject();
            writer.WriteString("platAccount"u8, data.login.User.PlatAccount);
            writer.WriteString("userName"u8, data.login.User.UserName);
            writer.WriteString("gameId"u8, data.app.Alias ?? data.app.GameId.ToString());
            writer.WriteString("openId"u8, data.login.OpenId.Value);
            writer.WriteString("uid"u8, data.login.User.Uid);
            writer.WriteEndObject();
        }, (app, login));

    /// <summary>An order whose payment begins: what the client hands to the platform's SDK.</summary>
    public static Task SucceedAsync(HttpContext context, OrderId id, JsonElement pay) =>
        WriteAsync(context, Success, "success", static (writer, data) =>
        {
            WriteTrade(writer, data.id);
            data.pay.WriteTo(writer);
            writer.WriteEndObject();
        }, (id, pay));

    /// <summary>An order for which the client has nothing to pay any more.</summary>
    public static Task SucceedAsync(HttpContext context, OrderId id, OrderState state) =>
        WriteAsync(context, Success, "success", static (writer, data) =>
        {
            WriteTrade(writer, data.id);
            writer.WriteStartObject();
            writer.WriteString("state"u8, StateText(data.state));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }, (id, state));

    private static void WriteTrade(Utf8JsonWriter writer, OrderId id)
    {
        writer.WriteStartObject();
        writer.WriteString("tradeNo"u8, id.Value);
        writer.WritePropertyName("pay"u8);
    }

    private static string StateText(OrderState state) => state switch
    {
        { Pay: PayState.Paid } => "paid",
        { Pay: PayState.Refunded } => "refunded",
        { Progress: Progress.Review } => "review",
        _ => "closed",
    };

    private static Task WriteAsync<T>(
        HttpContext context, string code, string message, Action<Utf8JsonWriter, T> writeData, T data,
        int status = StatusCodes.Status200OK) =>
        JsonResponse.WriteAsync(context, status, (code, message, writeData, data), static (writer, response) =>
        {
            writer.WriteString("code"u8, response.code);
            writer.WriteString("message"u8, response.message);
            writer.WritePropertyName("data"u8);
            response.writeData(writer, response.data);
        });
}
