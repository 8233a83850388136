using System.Runtime.CompilerServices;

namespace OrderCenter.Channels.Shared;

/// <summary>Access tokens of stores by the settings that they are for: a changed app requests a new one. A token is kept until shortly
/// before its end; concurrent callers share one request, also where it fails.</summary>
/// <param name="clock">Says when a token ends.</param>
/// <param name="request">Requests a token: its text and its life in seconds, or why there is none.</param>
internal sealed class AccessTokenCache<T>(
    TimeProvider clock, Func<T, DateTimeOffset, Task<(string? Token, long Seconds, string? Fault)>> request)
    where T : class
{
    /// <summary>How long before its end a token is made anew; at most half of its life.</summary>
    private const long SpareSeconds = 300;

    /// <summary>A token that the store refuses is dropped, but a fresh one is not: then the token is not the cause.</summary>
    private static readonly TimeSpan FreshMax = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<T, Source> _sources = [];

    /// <returns>The token; or null and why there is none.</returns>
    public Task<(string? Token, string? Fault)> GetAsync(T settings, CancellationToken cancellationToken)
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
                source.Pending = RequestAsync(source, settings, now);
            }
            return source.Pending.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The store refused a token: the next call requests another, unless this one is fresh.</summary>
    /// <returns>Whether it was dropped.</returns>
    public bool Refused(T settings)
    {
        var source = _sources.GetValue(settings, static _ => new Source());
        lock (source)
        {
            if (source.Token is { } token && clock.GetUtcNow() - token.IssuedAt > FreshMax)
            {
                source.Token = null;
                return true;
            }
            return false;
        }
    }

    private async Task<(string? Token, string? Fault)> RequestAsync(Source source, T settings, DateTimeOffset now)
    {
        // Off the caller's lock before anything long is done.
        await Task.Yield();
        var (text, seconds, fault) = await request(settings, now);
        if (text is null)
        {
            return (null, fault);
        }
        lock (source)
        {
            source.Token = new AccessToken(text, now, now.AddSeconds(seconds - Math.Min(SpareSeconds, seconds / 2)));
        }
        return (text, null);
    }

    private sealed record AccessToken(string Text, DateTimeOffset IssuedAt, DateTimeOffset RenewAt);

    /// <summary>The token of one account, under its own lock.</summary>
    private sealed class Source
    {
        public AccessToken? Token { get; set; }

        public Task<(string? Token, string? Fault)>? Pending { get; set; }
    }
}
