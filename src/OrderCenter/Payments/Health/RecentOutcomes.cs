using System.Collections.Concurrent;

namespace OrderCenter.Payments.Health;

/// <summary>How many things of each game were accepted and refused in the last 15 minutes, in this process's memory. Safe for concurrent
/// use.</summary>
public sealed class RecentOutcomes(TimeProvider clock)
{
    /// <summary>How long a thing counts, minutes.</summary>
    public const int Minutes = 15;

    /// <summary>The games are apps that exist, so that this is never reached but by a fault.</summary>
    private const int GamesMax = 100_000;

    private readonly ConcurrentDictionary<long, Window> _games = new();

    private long Minute => (long)clock.GetElapsedTime(0).TotalMinutes;

    public void Count(long gameId, bool isRefused)
    {
        if (_games.Count < GamesMax || _games.ContainsKey(gameId))
        {
            _games.GetOrAdd(gameId, static _ => new Window()).Count(Minute, isRefused);
        }
    }

    /// <summary>The games that have something.</summary>
    public IReadOnlyList<(long GameId, long Accepted, long Refused)> Read()
    {
        var minute = Minute;
        return
        [
            .. _games.Select(game => (GameId: game.Key, Sum: game.Value.Read(minute)))
                .Where(game => game.Sum is not (0, 0)).Select(game => (game.GameId, game.Sum.Accepted, game.Sum.Refused)),
        ];
    }

    /// <summary>A slot for each minute.</summary>
    private sealed class Window
    {
        private readonly Lock _lock = new();
        private readonly (long Minute, long Accepted, long Refused)[] _slots = new (long, long, long)[Minutes];

        public void Count(long minute, bool isRefused)
        {
            lock (_lock)
            {
                ref var slot = ref _slots[minute % Minutes];
                if (slot.Minute != minute)
                {
                    slot = (minute, 0, 0);
                }
                slot = (minute, slot.Accepted + (isRefused ? 0 : 1), slot.Refused + (isRefused ? 1 : 0));
            }
        }

        public (long Accepted, long Refused) Read(long minute)
        {
            lock (_lock)
            {
                var recent = _slots.Where(slot => slot.Minute > minute - Minutes).ToList();
                return (recent.Sum(slot => slot.Accepted), recent.Sum(slot => slot.Refused));
            }
        }
    }
}
