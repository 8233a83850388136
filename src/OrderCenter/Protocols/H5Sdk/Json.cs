using System.Buffers;
using System.Text.Json;
using OrderCenter.Accounts;
using OrderCenter.Model;
using OrderCenter.Wire;

namespace OrderCenter.Protocols.H5Sdk;

/// <summary>H5Sdk's envelope (protocols.md §2): <c>{"code":"000","message":"…","data":{…}}</c>, in a refusal <c>"data":""</c>; text unescaped.</summary>
internal static class Json
{
    public const string Success = "000";
    public const string Malformed = "100";
    public const string UnknownOpenId = "101";
    public const string NotAccepted = "102";
    public const string Different = "201";
    public const string NotConfigured = "202";
    public const string Insufficient = "203";
    public const string Passing = "300";

    private const string ContentType = "application/json; charset=utf-8";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? s_writer;

    /// <summary>A refusal; <paramref name="status"/> other than 200 only where the request never reached the protocol.</summary>
    public static Task RefuseAsync(HttpContext context, string code, string message, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, code, message, static (writer, _) => writer.WriteStringValue(""u8), 0);
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

    private static Task WriteAsync<T>(HttpContext context, string code, string message, Action<Utf8JsonWriter, T> writeData, T data)
    {
        var buffer = s_buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = s_writer ??= new Utf8JsonWriter(buffer, PhpJson.Writer);
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("code"u8, code);
        writer.WriteString("message"u8, message);
        writer.WritePropertyName("data"u8);
        writeData(writer, data);
        writer.WriteEndObject();
        writer.Flush();

        var response = context.Response;
        response.ContentType = ContentType;
        response.ContentLength = buffer.WrittenCount;
        response.BodyWriter.Write(buffer.WrittenSpan);
        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }
}
