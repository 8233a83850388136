using System.Diagnostics.CodeAnalysis;

namespace OrderCenter.Domain;

/// <summary>The games that a caller may see and change. Queries take it as a condition, so that what is not the caller's is not
/// found.</summary>
public sealed class GameLimit
{
    /// <summary>How many games a limit may name.</summary>
    public const int GamesMax = 200;

    private GameLimit(IReadOnlyList<long>? games) => Games = games;

    /// <summary>No limit.</summary>
    public static GameLimit None { get; } = new(null);

    /// <summary>The games, ascending; null: all of them.</summary>
    public IReadOnlyList<long>? Games { get; }

    /// <summary>Only these games; null: no limit.</summary>
    public static GameLimit Of(IEnumerable<long>? games) => games is null ? None : new([.. games.Distinct().Order()]);

    public bool Allows(long gameId) => Games is null || Games.Contains(gameId);

    /// <summary>What remains of this limit where only one game is asked for; null: any.</summary>
    public GameLimit Only(long? gameId) => gameId is not { } game ? this : Allows(game) ? new([game]) : new([]);

    /// <summary>Whether whoever has the other limit has nothing beyond this one.</summary>
    public bool Covers(GameLimit other) => Games is null || (other.Games is { } theirs && theirs.All(Allows));

    /// <summary>As it is stored: numbers with commas between; null: no limit.</summary>
    public string? Text => Games is null ? null : string.Join(',', Games);

    public static GameLimit FromStore(string? text) =>
        text is null ? None : Of(text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse));

    /// <summary>Parses what a person wrote: 1 to <see cref="GamesMax"/> numbers of games with commas between.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out GameLimit? limit)
    {
        var parts = text.Split(',');
        limit = parts.Length <= GamesMax && parts.All(part => long.TryParse(part, out var game) && IsGame(game))
            ? Of(parts.Select(long.Parse))
            : null;
        return limit is not null;
    }

    /// <summary>Whether a number can be a game's.</summary>
    public static bool IsGame(long number) => number is >= 1 and <= App.GameIdMax;
}
