using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OrderCenter.Channels.Shared;
using OrderCenter.Payments;

namespace OrderCenter.Channels.Google;

/// <summary>Access tokens of service accounts: OAuth 2.0's JWT bearer (anchors/payments.md, "Online"; why not by Google's library:
/// docs/decisions/0005-google-tokens.md). A token is cached until shortly before its end; concurrent callers share one request, also where
/// it fails.</summary>
internal sealed class AccessTokens(TimeProvider clock, StoreHttp http, string scope)
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static readonly TimeSpan AssertionLife = TimeSpan.FromHours(1);
    private const long LifeSecondsMax = 24 * 3600;
    private const int TokenCharsMax = 8192;
    private const int NameCharsMax = 512;

    /// <summary>How long before its end a token is made anew; at most half of its life.</summary>
    private const long SpareSeconds = 300;

    /// <summary>A token that Google refuses is dropped, but a fresh one is not: then the token is not the cause.</summary>
    private static readonly TimeSpan FreshMax = TimeSpan.FromMinutes(1);

    // By the settings' state: a changed app requests a new one.
    private readonly ConditionalWeakTable<GoogleSettings, Source> _sources = [];

    /// <returns>The token; or null and why there is none.</returns>
    public Task<(string? Token, string? Fault)> GetAsync(GoogleSettings settings, CancellationToken cancellationToken)
    {
        var source = _sources.GetValue(settings, static _ => new Source());
        var now = clock.GetUtcNow();
        lock (source)
        {
            if (source.Token is { } known && now < known.RenewAt && now >= known.IssuedAt)
            {
                return Task.FromResult<(string?, string?)>((known.Text, null));
            }

            // The request does not end with the caller who caused it: others wait for it too.
            if (source.Pending is null or { IsCompleted: true })
            {
                source.Pending = RequestAsync(source, settings.Account!, now);
            }
            return source.Pending.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Google refused a token: the next call requests another, unless this one is fresh.</summary>
    public void Refused(GoogleSettings settings)
    {
        var source = _sources.GetValue(settings, static _ => new Source());
        lock (source)
        {
            if (source.Token is { } token && clock.GetUtcNow() - token.IssuedAt > FreshMax)
            {
                source.Token = null;
            }
        }
    }

    private async Task<(string? Token, string? Fault)> RequestAsync(Source source, ServiceAccount account, DateTimeOffset now)
    {
        // Off the caller's lock before anything long is done.
        await Task.Yield();
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = GrantType, ["assertion"] = Assertion(account, now),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, account.TokenUri) { Content = new FormUrlEncodedContent(form) };
        switch (await http.SendAsync(request, CancellationToken.None))
        {
            case StoreResponse.Answered { IsSuccess: true } answered:
                if (!JsonFieldReader.TryParse(answered.Body, out var fields, out _)
                    || fields.Text("access_token", TokenCharsMax) is not { } text
                    || fields.Integer("expires_in", 1, LifeSecondsMax) is not { } seconds || text.Any(c => c is < '!' or > '~'))
                {
                    return (null, "Google's token endpoint gave an answer that holds no token");
                }
                lock (source)
                {
                    source.Token = new AccessToken(text, now, now.AddSeconds(seconds - Math.Min(SpareSeconds, seconds / 2)));
                }
                return (text, null);
            case StoreResponse.Answered answered:
                var error = JsonFieldReader.TryParse(answered.Body, out var refusal, out _) ? refusal.Text("error", NameCharsMax) : null;
                return (null, answered.HttpStatus is 400 or 401 or 403
                    ? $"Google gives no token for the service account ({error ?? answered.HttpStatus.ToString()}): check serviceAccount"
                    : $"Google's token endpoint answered {answered.HttpStatus}");
            case StoreResponse.Failed failed:
                return (null, $"Google's token endpoint could not be asked: {failed.Reason}");
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
            now, AssertionLife, ("scope", scope));
    }

    private sealed record AccessToken(string Text, DateTimeOffset IssuedAt, DateTimeOffset RenewAt);

    /// <summary>The token of one account, under its own lock.</summary>
    private sealed class Source
    {
        public AccessToken? Token { get; set; }

        public Task<(string? Token, string? Fault)>? Pending { get; set; }
    }
}
