namespace OrderCenter.Simulator.Games;

/// <summary>What goes wrong at a game's server.</summary>
public enum FaultKind
{
    /// <summary>Refuses by its protocol's own code; nothing is granted.</summary>
    WrongCode,

    /// <summary>Answers an HTTP status; nothing is granted.</summary>
    HttpStatus,

    /// <summary>Is silent for a time, then handles the callback if the caller is still there.</summary>
    Hang,

    /// <summary>Resets the connection; nothing is granted.</summary>
    Reset,

    /// <summary>Grants, and sends the right answer byte by byte.</summary>
    Slow,

    /// <summary>Answers 302 to <c>/elsewhere</c>, where calls are counted; nothing is granted.</summary>
    Redirect,

    /// <summary>Grants, and answers 200 with a body without end.</summary>
    HugeBody,

    /// <summary>Grants, and answers 200 with bytes that are nothing.</summary>
    GarbageBody,

    /// <summary>Grants, and resets the connection instead of answering.</summary>
    AnswerLost,
}

/// <summary>One fault.</summary>
public sealed record Fault(FaultKind Kind)
{
    public const int HugeBytes = 8 << 20;

    public static readonly Fault WrongCode = new(FaultKind.WrongCode);
    public static readonly Fault Reset = new(FaultKind.Reset);
    public static readonly Fault Redirect = new(FaultKind.Redirect);
    public static readonly Fault HugeBody = new(FaultKind.HugeBody);
    public static readonly Fault GarbageBody = new(FaultKind.GarbageBody);
    public static readonly Fault AnswerLost = new(FaultKind.AnswerLost);

    /// <summary>How long <see cref="FaultKind.Hang"/> is silent, and over how long <see cref="FaultKind.Slow"/> spreads its answer.</summary>
    public TimeSpan Time { get; private init; }

    /// <summary>What <see cref="FaultKind.HttpStatus"/> answers.</summary>
    public int Status { get; private init; }

    /// <summary>The header <c>Retry-After</c> beside it; null: none.</summary>
    public string? RetryAfter { get; private init; }

    /// <summary>The bytes of <see cref="FaultKind.HugeBody"/>.</summary>
    public int Bytes { get; private init; } = HugeBytes;

    public static Fault Http(int status, string? retryAfter = null) => new(FaultKind.HttpStatus) { Status = status, RetryAfter = retryAfter };

    public static Fault Hang(TimeSpan time) => new(FaultKind.Hang) { Time = time };

    public static Fault Slow(TimeSpan time) => new(FaultKind.Slow) { Time = time };

    public static Fault Huge(int bytes) => new(FaultKind.HugeBody) { Bytes = bytes };
}

/// <summary>Which callbacks meet which fault. It can be changed while the server runs. Judged in this order: an order's turns, the order's own fault, the
/// fault of all, chance. An order is named by the platform's number or the game's own.</summary>
/// <param name="random">Draws for <see cref="Sometimes"/>.</param>
public sealed class FaultPlan(Random random)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<Fault?>> _turns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fault> _orders = new(StringComparer.Ordinal);
    private Fault? _all;
    private double _probability;
    private Fault[] _chances = [];

    /// <summary>Every callback meets this fault; null: none does.</summary>
    public void Always(Fault? fault)
    {
        lock (_gate)
        {
            _all = fault;
        }
    }

    /// <summary>A callback meets one of these faults, each equally likely, with a probability from 0 to 1.</summary>
    public void Sometimes(double probability, params Fault[] faults)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(probability, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        lock (_gate)
        {
            _probability = faults.Length == 0 ? 0 : probability;
            _chances = faults;
        }
    }

    /// <summary>An order's next callbacks meet these faults in turn; null is a right answer.</summary>
    public void ForOrder(string order, params Fault?[] turns)
    {
        lock (_gate)
        {
            _turns[order] = new Queue<Fault?>(turns);
        }
    }

    /// <summary>Every callback of an order meets this fault; null: none of its own.</summary>
    public void ForOrderAlways(string order, Fault? fault)
    {
        lock (_gate)
        {
            _orders.Remove(order);
            if (fault is not null)
            {
                _orders[order] = fault;
            }
        }
    }

    /// <summary>From now on nothing goes wrong.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _turns.Clear();
            _orders.Clear();
            _all = null;
            _probability = 0;
        }
    }

    internal Fault? Next(string order, string merchantOrder)
    {
        lock (_gate)
        {
            foreach (var name in (ReadOnlySpan<string>)[order, merchantOrder])
            {
                if (_turns.TryGetValue(name, out var turns) && turns.TryDequeue(out var turn))
                {
                    return turn;
                }
            }
            if (_orders.TryGetValue(order, out var own) || _orders.TryGetValue(merchantOrder, out own))
            {
                return own;
            }
            if (_all is not null)
            {
                return _all;
            }
            return _probability > 0 && random.NextDouble() < _probability ? _chances[random.Next(_chances.Length)] : null;
        }
    }
}
