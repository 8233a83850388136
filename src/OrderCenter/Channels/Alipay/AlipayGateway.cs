using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Alipay;

/// <summary>Alipay's gateway (anchors/payments.md, "Alipay", requests): parameters signed with the app's key, answers believed only under
/// Alipay's signature over their raw text.</summary>
internal sealed class AlipayGateway
{
    private const string CertificateMethod = "alipay.open.app.alipaycert.download";
    private const string BizContent = "biz_content";
    private const string SignField = "sign";
    private const int NumberCharsMax = 64;

    private readonly StoreHttp _http;
    private readonly TimeProvider _clock;

    public AlipayGateway(StoreHttp http, TimeProvider clock)
    {
        (_http, _clock) = (http, clock);
        Keys = new AlipayKeys(clock, DownloadAsync);
    }

    /// <summary>The keys that what Alipay says is signed with.</summary>
    public AlipayKeys Keys { get; }

    /// <summary>An answer of Alipay's, or why there is none.</summary>
    /// <param name="Fields">The signed object; null: nothing is known.</param>
    /// <param name="Code">The gateway's code.</param>
    /// <param name="SubCode">The business's code; empty: none.</param>
    /// <param name="Message">For the operator.</param>
    public sealed record Reply(JsonFieldReader? Fields, string Code, string SubCode, string Message)
    {
        public const string Done = "10000";

        public bool IsDone => Fields is not null && Code == Done;
    }

    /// <summary>The parameters of a call as one text, signed, each value encoded: what an app hands to Alipay's SDK.</summary>
    public string OrderString(AlipaySettings settings, string method, string bizContent, Uri? notifyUrl, Uri? returnUrl)
    {
        var parameters = Sign(settings, method, bizContent, notifyUrl, returnUrl);
        return Encode(parameters);
    }

    public async Task<Reply> CallAsync(
        AlipaySettings settings, string method, string bizContent, CancellationToken cancellationToken, Uri? notifyUrl = null)
    {
        var (answer, fault) = await SendAsync(settings, method, bizContent, notifyUrl, cancellationToken);
        if (answer is null)
        {
            return Unknown(fault);
        }
        var (key, later) = await Keys.FindAsync(settings, answer.CertificateNumber, cancellationToken);
        return key is null ? Unknown(later ?? "the answer names a certificate that is not Alipay's")
            : !key.Verify(answer.Signed.Span, answer.Signature) ? Unknown("the answer is not signed by Alipay")
            : Read(answer.Signed);
    }

    private async Task<(Answer? Answer, string Fault)> SendAsync(
        AlipaySettings settings, string method, string bizContent, Uri? notifyUrl, CancellationToken cancellationToken)
    {
        var parameters = Sign(settings, method, bizContent, notifyUrl, returnUrl: null);
        // The gateway reads charset from the address before it can read the body.
        var query = Encode(parameters.Where(parameter => parameter.Key != BizContent));
        var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(settings.Gateway) { Query = query }.Uri)
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes($"{BizContent}={Uri.EscapeDataString(bizContent)}")),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded", "utf-8");
        var sent = await _http.SendAsync(request, cancellationToken);
        if (sent is not StoreResponse.Answered answer)
        {
            return (null, $"Alipay: {((StoreResponse.Failed)sent).Reason}");
        }
        if (answer.HttpStatus != 200)
        {
            return (null, $"Alipay answered HTTP {answer.HttpStatus}");
        }
        return TryOpen(ByteOrderMark.Skip(answer.Body.AsMemory()), method.Replace('.', '_') + "_response", out var opened)
            ? (opened, "")
            : (null, "Alipay's answer is not of the form that its documents say");
    }

    /// <summary>Fetches a certificate of Alipay's by its number. The answer is signed under that very certificate, so that it is believed
    /// for the root that the certificate was issued under, and for nothing else.</summary>
    private async Task<(string? Content, string? Fault)> DownloadAsync(AlipaySettings settings, string number)
    {
        var (answer, fault) = await SendAsync(
            settings, CertificateMethod, JsonBytes.WriteReadable(json => json.WriteString("alipay_cert_sn", number)), notifyUrl: null,
            CancellationToken.None);
        var content = answer is not null && Read(answer.Signed) is { IsDone: true } reply
            ? reply.Fields!.Text("alipay_cert_content", StoreHttp.AnswerBytesMax)
            : null;
        return (content, content is not null ? null : answer is null ? fault : "Alipay gave no certificate of that number");
    }

    private static Reply Read(ReadOnlyMemory<byte> signed)
    {
        if (!JsonFieldReader.TryParse(signed, out var fields, out var fault))
        {
            return Unknown($"Alipay's answer {fault}");
        }
        var code = fields.TextOrEmpty("code", 64) ?? "";
        var subCode = fields.TextOrEmpty("sub_code", 128) ?? "";
        var message = fields.TextOrEmpty("sub_msg", 512) ?? fields.TextOrEmpty("msg", 512);
        return new Reply(fields, code, subCode, $"Alipay: {(subCode.Length > 0 ? subCode : code)} {message}".TrimEnd());
    }

    private static string Encode(IEnumerable<KeyValuePair<string, string>> parameters) =>
        string.Join('&', parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"));

    private static Reply Unknown(string message) => new(null, "", "", message);

    /// <summary>Empty values left out, sorted by name, signed with <c>sign_type</c> among them.</summary>
    private SortedDictionary<string, string> Sign(AlipaySettings settings, string method, string bizContent, Uri? notifyUrl, Uri? returnUrl)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["app_id"] = settings.AppId,
            ["method"] = method,
            ["format"] = "JSON",
            ["charset"] = "utf-8",
            ["sign_type"] = "RSA2",
            ["timestamp"] = _clock.GetUtcNow().ToOffset(AlipayChannel.China).ToString(AlipayChannel.TimeForm),
            ["version"] = "1.0",
            [BizContent] = bizContent,
        };
        if (settings is { AppCertificateNumber: { } app, RootNumber: { } root })
        {
            parameters["app_cert_sn"] = app;
            parameters["alipay_root_cert_sn"] = root;
        }
        if (notifyUrl is not null)
        {
            parameters["notify_url"] = notifyUrl.AbsoluteUri;
        }
        if (returnUrl is not null)
        {
            parameters["return_url"] = returnUrl.AbsoluteUri;
        }
        parameters[SignField] = settings.PrivateKey.Sign(
            Encoding.UTF8.GetBytes(string.Join('&', parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))));
        return parameters;
    }

    /// <summary>Finds the signed object's exact bytes, the signature and what names its key.</summary>
    private static bool TryOpen(ReadOnlyMemory<byte> body, string name, [NotNullWhen(true)] out Answer? answer)
    {
        answer = null;
        ReadOnlyMemory<byte> signed = default;
        string? signature = null, number = null;
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isAnswer = reader.ValueTextEquals(name) || reader.ValueTextEquals("error_response"u8);
                var (isSign, isNumber) = (reader.ValueTextEquals("sign"u8), reader.ValueTextEquals("alipay_cert_sn"u8));
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    signature = isSign ? reader.GetString() : signature;
                    number = isNumber ? reader.GetString() : number;
                }
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isAnswer)
                {
                    signed = body.Slice(start, (int)reader.BytesConsumed - start);
                }
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
        if (signed.IsEmpty || signature is null || number?.Length > NumberCharsMax)
        {
            return false;
        }
        answer = new Answer(signed, signature, number);
        return true;
    }

    /// <summary>An answer, not verified yet.</summary>
    private sealed record Answer(ReadOnlyMemory<byte> Signed, string Signature, string? CertificateNumber);
}
