using System.Buffers;
using System.Net.Http.Headers;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using MessagePack;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Simulator;

/// <summary>A callback as the order center sends it, signed with the service's own wire: neither the simulator nor the client package had a hand in it.</summary>
internal sealed record SignedCallback(string Path, byte[] Body, string ContentType, string Id, long TimestampSeconds, string Secret)
{
    public const string TheSecret = "6a29c63ab6b9368ca0cc0e04962bc541";

    /// <summary>Characters that PHP, .NET, Java, Go, JavaScript and Python escape, sort and encode differently.</summary>
    private const string Awkward = "\U0001f600\u3000\u00a0\ufffd<'+/\"\\\u2028\t\u007f";

    public string Signature { get; init; } = "v1," + Convert.ToBase64String(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"{Id}.{TimestampSeconds}."), .. Body]));

    public static SignedCallback OrderApi(string order, DateTimeOffset now, string secret = TheSecret, string type = "order.paid")
    {
        var body = Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", now);
            json.WriteStartObject("data");
            json.WriteString("platorderid", order);
            json.WriteString("productid", "gems.60");
            json.WriteNumber("money", 6.5m);
            json.WriteString("orderID", "own-" + order);
            json.WriteString("userID", "42");
            json.WriteNumber("pay_state", 1);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return New("/orderapi", body, "application/json; charset=utf-8", order, now, secret);
    }

    public static SignedCallback H5Sdk(string order, DateTimeOffset now, string secret = TheSecret, bool isJson = false, string ext = Awkward)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["codeNo"] = "own-" + order,
            ["tradeNo"] = order,
            ["openId"] = "4b5saetd18f45682aa9758668ee15614",
            ["amount"] = "6.5",
            ["ext"] = ext,
            ["notifyUrl"] = "https://cp.example.com/notify?x=1&y=2",
            ["payWay"] = "1",
        };
        fields["sign"] = Md5Digest.Of(Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => field.Key + "=" + field.Value))), secret);
        var body = isJson
            ? Json(json =>
            {
                json.WriteStartObject();
                foreach (var (name, value) in fields)
                {
                    json.WriteString(name, value);
                }
                json.WriteEndObject();
            })
            : Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => field.Key + "=" + WebUtility.UrlEncode(field.Value))));
        return New("/h5sdk", body, isJson ? "application/json" : "application/x-www-form-urlencoded", order, now, secret);
    }

    public static SignedCallback OrderCheck(string order, DateTimeOffset now, string secret = TheSecret)
    {
        var output = new ArrayBufferWriter<byte>();
        var map = new MessagePackWriter(output);
        (string Name, string Value)[] members =
        [
            ("sdk_id", "玩家42"), ("sz_order_id", order), ("game_id", "1001"), ("game_product_id", "com.rxsg1.07"), ("amount", "100"), ("currency", "RMB"),
            ("platform_id", "1"), ("platform_order_id", "GPA.3345-1234-5678-90123-a-longer-number"),
        ];
        map.WriteMapHeader(members.Length);
        foreach (var (name, value) in members)
        {
            map.Write(name);
            map.Write(value);
        }
        map.Flush();
        return New("/ordercheck", output.WrittenSpan.ToArray(), "application/msgpack", order, now, secret);
    }

    public static SignedCallback CardRecharge(string order, DateTimeOffset now, string secret = TheSecret, bool hasCards = true, string status = "success", bool isCardText = false)
    {
        var body = Json(json => Recharge(json, order, status, hasCards, isCardText: false, sign: null));
        var signed = isCardText ? Json(json => Recharge(json, order, status, hasCards, isCardText, sign: null)) : body;
        var sign = CharSort.Of(signed, secret);
        return New("/cardrecharge", Json(json => Recharge(json, order, status, hasCards, isCardText: false, sign)), "application/json", order, now, secret);
    }

    /// <summary>All four protocols' callbacks of an order.</summary>
    public static SignedCallback Of(string path, string order, DateTimeOffset now, string secret = TheSecret) => path switch
    {
        "/orderapi" => OrderApi(order, now, secret),
        "/h5sdk" => H5Sdk(order, now, secret),
        "/ordercheck" => OrderCheck(order, now, secret),
        _ => CardRecharge(order, now, secret),
    };

    /// <summary>The same with one byte of an order number's text changed after signing.</summary>
    public SignedCallback Tampered(string order)
    {
        var at = Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(order));
        var body = Body.ToArray();
        body[at] = (byte)(body[at] == '9' ? '8' : '9');
        return this with { Body = body, Signature = Signature };
    }

    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpClient http, Uri address, bool hasWebhookHeaders = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, Path)) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        if (hasWebhookHeaders)
        {
            request.Headers.Add("webhook-id", Id);
            request.Headers.Add("webhook-timestamp", TimestampSeconds.ToString());
            request.Headers.Add("webhook-signature", Signature);
        }
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private static SignedCallback New(string path, byte[] body, string contentType, string order, DateTimeOffset now, string secret) =>
        new(path, body, contentType, $"cb_{order}_1", now.ToUnixTimeSeconds(), secret);

    private static void Recharge(Utf8JsonWriter json, string order, string status, bool hasCards, bool isCardText, string? sign)
    {
        json.WriteStartObject();
        json.WriteString("orderno", order);
        json.WriteString("customer_order_no", "订单" + Awkward);
        if (hasCards)
        {
            json.WritePropertyName("card");
            if (isCardText)
            {
                json.WriteStringValue(Json(Cards));
            }
            else
            {
                Cards(json);
            }
        }
        json.WriteString("status", status);
        if (sign is not null)
        {
            json.WriteString("sign", sign);
        }
        json.WriteEndObject();
    }

    private static void Cards(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteNumber("card_type", 4);
        json.WriteString("card_no", "https://e.example.com/c/1?a=b&c=d");
        json.WriteString("card_password", "券+<1>" + Awkward);
        json.WriteString("card_rect", "");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, PhpJson.Writer))
        {
            write(json);
        }
        return buffer.WrittenSpan.ToArray();
    }
}
