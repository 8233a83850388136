using System.Text;
using System.Text.Json;
using OrderCenter.Client;
using OrderCenter.Encodings;
using OrderCenter.Tests.Encodings;

namespace OrderCenter.Tests.Client;

/// <summary>The client package signs as published and as the service does, and verifies nothing else.</summary>
public sealed class SignatureTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1763690000);

    [Fact]
    public void Public_vectors_are_signed_and_verified_as_published()
    {
        foreach (var vector in Given.Vectors("signatures.json"))
        {
            var (parameters, secret, sign) = (vector.GetProperty("params"), vector.GetProperty("secret").GetString()!, vector.GetProperty("sign").GetString()!);
            var (signed, verified) = vector.GetProperty("protocol").GetString() switch
            {
                "OrderApi" when parameters.TryGetProperty("payreturndata", out _) =>
                    (OrderApiSignature.Sign(Flat(parameters), secret, isValiorder: true), OrderApiSignature.Verify(Flat(parameters, sign), secret, isValiorder: true)),
                "OrderApi" => (OrderApiSignature.Sign(Flat(parameters), secret), OrderApiSignature.Verify(Flat(parameters, sign.ToUpperInvariant()), secret)),
                "H5Sdk" => (H5SdkSignature.Sign(Flat(parameters), secret), H5SdkSignature.Verify(Flat(parameters, sign.ToUpperInvariant()), secret)),
                _ => (CardRechargeSignature.Sign(parameters, secret), CardRechargeSignature.Verify(With(parameters, sign.ToUpperInvariant()), secret)),
            };
            Assert.True(sign == signed && verified, vector.GetProperty("note").GetString());
        }
    }

    [Fact]
    public void Cards_as_text_answers_and_webhooks_are_signed_as_published()
    {
        var more = Given.Vectors("more.json");
        var cards = more.Single(vector => vector.TryGetProperty("nested", out _));
        var answer = more.Single(vector => vector.TryGetProperty("result", out _));
        var webhook = more.Single(vector => vector.TryGetProperty("whsec", out _));
        var body = Encoding.UTF8.GetBytes(webhook.GetProperty("body").GetString()!);

        Assert.Equal(cards.GetProperty("nested").GetString(), CardRechargeSignature.Sign(cards.GetProperty("fields"), "k"));
        Assert.Equal(cards.GetProperty("string").GetString(), CardRechargeSignature.Sign(cards.GetProperty("fields"), "k", isCardText: true));
        Assert.True(CardRechargeSignature.VerifyAnswer(answer.GetProperty("result").GetString()!, answer.GetProperty("sign").GetString()!, "k"));
        foreach (var secret in (string[])["secret", "whsec"])
        {
            Assert.Equal(
                webhook.GetProperty("signature").GetString(),
                StandardWebhook.Sign(webhook.GetProperty("id").GetString()!, webhook.GetProperty("timestamp").GetInt64(), body, webhook.GetProperty(secret).GetString()!));
        }
    }

    [Fact]
    public void Awkward_texts_are_signed_as_the_service_does()
    {
        var random = new Random(20250320);
        for (var i = 0; i < 500; i++)
        {
            var (customer, no) = (Given.Text(random), Given.Text(random));
            var json = Given.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("customer_order_no", customer);
                writer.WriteStartArray("card");
                writer.WriteStartObject();
                writer.WriteNumber("card_type", i);
                writer.WriteString("card_no", no);
                writer.WriteEndObject();
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            using var document = JsonDocument.Parse(json);
            Assert.Equal(OrderCenter.Encodings.CharSort.Of(json, "k"), CardRechargeSignature.Sign(document.RootElement, "k"));
            Assert.Equal(OrderCenter.Encodings.CharSort.Of(json, "k"), CardRechargeSignature.Sign(Encoding.UTF8.GetString(json), "k"));
        }
    }

    [Fact]
    public void Nothing_else_verifies()
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "1" };
        fields["sign"] = H5SdkSignature.Sign(fields, "k");
        Assert.True(H5SdkSignature.Verify(fields, "k"));
        Assert.False(H5SdkSignature.Verify(fields, "K"));
        Assert.False(OrderApiSignature.Verify(fields, "k"));
        fields["b"] = "2";
        Assert.False(H5SdkSignature.Verify(fields, "k"));
        fields["sign"] = H5SdkSignature.Sign(fields, "");
        Assert.False(H5SdkSignature.Verify(fields, ""));
        fields["sign"] = OrderApiSignature.Sign(fields, "");
        Assert.False(OrderApiSignature.Verify(fields, ""));
        fields.Remove("sign");
        Assert.False(H5SdkSignature.Verify(fields, "k"));
        Assert.False(OrderApiSignature.Verify(fields, "k"));
        foreach (var json in (string[])["[]", "{}", "\"a\"", """{"sign":1}""", """{"a":"\ud800","sign":"00000000000000000000000000000000"}""", """{"sign":"\ud800"}"""])
        {
            using var document = JsonDocument.Parse(json);
            Assert.False(CardRechargeSignature.Verify(document.RootElement, "k"));
        }
    }

    [Fact]
    public void A_webhook_is_right_by_any_signature_of_any_secret_within_five_minutes()
    {
        var body = "{}"u8;
        var at = Now.ToUnixTimeSeconds();
        var right = StandardWebhook.Sign("cb_1_1", at, body, "new");
        var old = StandardWebhook.Sign("cb_1_1", at, body, "old");

        Assert.Equal(WebhookVerdict.Right, Verify(right));
        Assert.Equal(WebhookVerdict.Right, Verify($"v1,AAAA v1a,x {right}"));
        Assert.Equal(WebhookVerdict.Right, Verify(old, secrets: ["new", "old"]));
        Assert.Equal(WebhookVerdict.Right, Verify(right, now: Now.AddMinutes(5)));
        Assert.Equal(WebhookVerdict.Right, Verify(right, now: Now.AddMinutes(-5)));
        Assert.Equal(WebhookVerdict.TimeOutside, Verify(right, now: Now.AddMinutes(5).AddMilliseconds(1)));
        Assert.Equal(WebhookVerdict.TimeOutside, Verify(right, now: Now.AddMinutes(-5).AddMilliseconds(-1)));
        Assert.Equal(WebhookVerdict.WrongSignature, Verify(old));
        Assert.Equal(WebhookVerdict.WrongSignature, Verify(right, id: "cb_1_2"));
        Assert.Equal(WebhookVerdict.WrongSignature, Verify(right, timestamp: $"0{at}"));
        Assert.Equal(WebhookVerdict.WrongSignature, Verify(right[3..]));
        Assert.Equal(WebhookVerdict.WrongSignature, Verify(StandardWebhook.Sign("cb_1_1", at, body, ""), secrets: [""]));
        Assert.Equal(WebhookVerdict.HeaderMissing, Verify(""));
        Assert.Equal(WebhookVerdict.HeaderMissing, Verify(right, id: ""));
        Assert.Equal(WebhookVerdict.HeaderMissing, Verify(right, timestamp: "soon"));
        Assert.Equal(WebhookVerdict.HeaderMissing, Verify(right, timestamp: "-1"));
        Assert.Equal(WebhookVerdict.HeaderMissing, Verify(right, timestamp: "99999999999999999999"));
        Assert.Equal(WebhookVerdict.TimeOutside, Verify(right, timestamp: "9223372036854775807"));

        WebhookVerdict Verify(string signatures, string id = "cb_1_1", string? timestamp = null, string[]? secrets = null, DateTimeOffset? now = null) =>
            StandardWebhook.Verify(id, timestamp ?? at.ToString(), signatures, "{}"u8, secrets ?? ["new"], now ?? Now);
    }

    private static Dictionary<string, string> Flat(JsonElement parameters, string? sign = null)
    {
        var fields = parameters.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()!, StringComparer.Ordinal);
        if (sign is not null)
        {
            fields["sign"] = sign;
        }
        return fields;
    }

    private static JsonElement With(JsonElement fields, string sign)
    {
        var text = fields.GetRawText().TrimEnd().TrimEnd('}') + $",\"sign\":\"{sign}\"}}";
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
