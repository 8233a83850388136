using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

/// <summary>Whether a caller may still do, in the middle of a long answer, what he was allowed to begin. Reading it does not count as a use
/// of the session.</summary>
internal sealed class AccessRecheck(Sessions sessions, ApiTokens tokens)
{
    /// <exception cref="Persistence.DatabaseBusyException">Too many requests wait.</exception>
    public async Task<bool> HoldsAsync(HttpContext context, CancellationToken cancellationToken) => CallerAccess.Of(context) switch
    {
        { Session: { } session } => await sessions.HoldsAsync(session.Secret, cancellationToken),
        { Via: CallerAccess.Token } => await tokens.FindAsync(BearerTokens.Sent(context), cancellationToken) is not null,
        _ => true,
    };
}
