using System.Text;
using System.Text.Unicode;
using OrderCenter.Apps;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>Builds the request of a callback anew, for people to read: what an attempt sends now. Secrets and cards are masked; so are
/// signatures for whoever may not sign, since a signed request is as good as the secret for what it says.</summary>
internal sealed class CallbackRequestBuilder(Database database, AppCatalog apps, CallbackProtocols protocols, TimeProvider clock)
{
    private const string Mask = "***";
    private const string SignatureHeader = "webhook-signature";
    private const string WebhookRule =
        "webhook-id, webhook-timestamp and the body, joined with full stops; HMAC-SHA256 with each valid secret of the app as its key, "
        + "in base64 behind \"v1,\"";

    /// <summary>Signs where the app has no valid secret; nobody sees what it signed.</summary>
    private static readonly Secret s_noSecret = new("-");

    /// <param name="id">The callback.</param>
    /// <param name="games">What the caller may see.</param>
    /// <param name="showsSignatures">Whether he may sign with the app's secrets.</param>
    /// <param name="cancellationToken">Stops the wait for the database.</param>
    /// <returns>Null: there is no such callback.</returns>
    /// <exception cref="DatabaseBusyException">Too many requests wait.</exception>
    public async Task<RebuiltRequest?> BuildAsync(
        CallbackId id, GameLimit games, bool showsSignatures, CancellationToken cancellationToken)
    {
        var (callback, row) = await database.ReadAsync(
            async transaction =>
            {
                var finding = CallbackTable.FindAsync(transaction, id).AsTask();
                var order = OrderTable.FindAsync(transaction, id.OrderId).AsTask();
                return (await finding, await order);
            },
            cancellationToken);
        return callback is not null && row is not null && games.Allows(callback.GameId) && apps.Find(callback.GameId) is { } app
            ? Build(app, row, callback, showsSignatures)
            : null;
    }

    private RebuiltRequest Build(App app, OrderRow row, Callback callback, bool showsSignatures)
    {
        var (nowMs, nowSeconds) = (clock.NowMs(), clock.GetUtcNow().ToUnixTimeSeconds());
        var secret = app.SigningSecret(nowMs);
        var preview = protocols.Of(app, callback.Event).Preview(app, row, callback, secret ?? s_noSecret);
        var secrets = app.Secrets.Where(candidate => candidate.IsValidAt(nowMs)).Select(candidate => candidate.Value).ToList();
        using var request = CallbackHttpRequest.Of(ExactUri.Parse(callback.Url), callback.Id, preview.Body, nowSeconds, secrets);
        var isTrue = showsSignatures && secret is not null && !preview.IsMasked;
        var body = preview.Signed is { } own && !isTrue ? WithoutSign(preview.Body.Bytes, own.Sign) : preview.Body.Bytes;
        var bodyText = Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : "(the bytes of the body)";
        var webhook = new RebuiltRequest.SignedText(SignatureHeader, WebhookRule, $"{callback.Id}.{nowSeconds}.{bodyText}");
        return new RebuiltRequest
        {
            Callback = callback,
            Method = request.Method.Method,
            Headers = [.. HeadersOf(request).Select(header => isTrue || header.Key != SignatureHeader ? header : Masked(header))],
            Body = body,
            Readable = preview.Readable,
            IsMasked = preview.IsMasked,
            Signed =
            [
                .. preview.Signed is { } signed ? [new RebuiltRequest.SignedText("sign", signed.Rule, signed.Canonical + Mask)]
                    : Array.Empty<RebuiltRequest.SignedText>(),
                webhook,
            ],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(HttpRequestMessage request) =>
        request.Headers.NonValidated.Concat(request.Content!.Headers.NonValidated)
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));

    /// <summary>As many signatures as there are.</summary>
    private static KeyValuePair<string, string> Masked(KeyValuePair<string, string> header) =>
        KeyValuePair.Create(header.Key, string.Join(' ', header.Value.Split(' ').Select(_ => "v1," + Mask)));

    private static byte[] WithoutSign(byte[] body, string sign) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(sign, Mask, StringComparison.Ordinal));
}
