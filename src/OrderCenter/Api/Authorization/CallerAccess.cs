using OrderCenter.Domain;
using OrderCenter.Operators;

namespace OrderCenter.Api.Authorization;

/// <summary>Who makes a request, and what is his: the outcome of <see cref="AuthorizationFilter"/>.</summary>
internal sealed record CallerAccess
{
    private const string Item = "OrderCenter.CallerAccess";

    /// <summary>The installation's own token.</summary>
    public const string Installation = "installation";
    public const string Token = "token";
    public const string SessionText = "session";
    public const string GameText = "game";

    /// <summary>The operator, the token, or who the bearer of the installation's token says he is.</summary>
    public required string Actor { get; init; }

    /// <summary><see cref="Installation"/>, <see cref="Token"/>, <see cref="SessionText"/>, <see cref="GameText"/>, or empty: nobody
    /// yet.</summary>
    public required string Via { get; init; }

    /// <summary>Null: nobody yet, or a game with its own token.</summary>
    public Role? Role { get; init; }

    /// <summary>What he sees and changes.</summary>
    public GameLimit Games { get; init; } = GameLimit.None;

    /// <summary>Null: he has none.</summary>
    public Session? Session { get; init; }

    /// <summary>The game that uses its own token, and may read nothing else; null: it is no game.</summary>
    public App? Game { get; init; }

    public static CallerAccess Of(HttpContext context) => (CallerAccess)context.Items[Item]!;

    public void Set(HttpContext context) => context.Items[Item] = this;

    /// <summary>An <c>Idempotency-Key</c> as it is stored: nobody is answered what was answered to another caller. A key has no blank, so
    /// that one with a prefix is nobody's own.</summary>
    public string KeyOf(string key) => Via == Installation ? key : $"{Via}:{Actor} {key}";
}
