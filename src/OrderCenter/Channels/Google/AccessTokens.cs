using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Access tokens of service accounts: OAuth 2.0's JWT bearer (anchors/payments.md, "Online"; why not by Google's library:
/// docs/decisions/0005-google-tokens.md).</summary>
internal sealed class AccessTokens
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan AssertionLife = TimeSpan.FromHours(1);
    private const long LifeSecondsMax = 24 * 3600;
    private const int TokenCharsMax = 8192;
    private const int NameCharsMax = 512;

    private readonly StoreHttp _http;
    private readonly string _scope;
    private readonly AccessTokenCache<GoogleSettings> _tokens;

    /// <param name="clock">Dates the tokens.</param>
    /// <param name="http">Calls to Google.</param>
    /// <param name="scope">What they allow, as Google names it.</param>
    public AccessTokens(TimeProvider clock, StoreHttp http, string scope)
    {
        (_http, _scope) = (http, scope);
        _tokens = new AccessTokenCache<GoogleSettings>(clock, (settings, now) => RequestAsync(settings.Account!, now));
    }

    /// <inheritdoc cref="AccessTokenCache{T}.GetAsync"/>
    public Task<(string? Token, string? Fault)> GetAsync(GoogleSettings settings, CancellationToken cancellationToken) =>
        _tokens.GetAsync(settings, cancellationToken);

    /// <inheritdoc cref="AccessTokenCache{T}.Refused"/>
    public void Refused(GoogleSettings settings) => _tokens.Refused(settings);

    private async Task<(string? Token, long Seconds, string? Fault)> RequestAsync(ServiceAccount account, DateTimeOffset now)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = GrantType, ["assertion"] = Assertion(account, now),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, account.TokenUri) { Content = new FormUrlEncodedContent(form) };
        switch (await _http.SendAsync(request, CancellationToken.None))
        {
            case StoreResponse.Answered { IsSuccess: true } answered:
                return JsonFieldReader.TryParse(answered.Body, out var fields, out _)
                    && fields.Text("access_token", TokenCharsMax) is { } text
                    && fields.Integer("expires_in", 1, LifeSecondsMax) is { } seconds && !text.Any(c => c is < '!' or > '~')
                    ? (text, seconds, null)
                    : (null, 0, "Google's token endpoint gave an answer that holds no token");
            case StoreResponse.Answered answered:
                var error = JsonFieldReader.TryParse(answered.Body, out var refusal, out _) ? refusal.Text("error", NameCharsMax) : null;
                return (null, 0, answered.HttpStatus is 400 or 401 or 403
                    ? $"Google gives no token for the service account ({error ?? answered.HttpStatus.ToString()}): check serviceAccount"
                    : $"Google's token endpoint answered {answered.HttpStatus}");
            case StoreResponse.Failed failed:
                return (null, 0, $"Google's token endpoint could not be asked: {failed.Reason}");
            default:
                throw new InvalidOperationException("unknown answer");
        }
    }

    private string Assertion(ServiceAccount account, DateTimeOffset now)
    {
        using var key = RSA.Create();
        key.ImportFromPem(account.PrivateKey);
        return Jwt.Sign(
            new RsaSecurityKey(key) { KeyId = account.KeyId }, SecurityAlgorithms.RsaSha256, account.Email, account.TokenUri.AbsoluteUri,
            now, AssertionLife, ("scope", _scope));
    }
}
