using OrderCenter.Domain;

namespace OrderCenter.Persistence;

/// <summary>Who makes the writes of this flow of calls. The one place that authorizes a request sets it; every transaction that the request
/// begins carries it (<see cref="Transaction.Caller"/>), so that no write of a person goes without its entry because somebody forgot to
/// hand the caller on.</summary>
public static class AuditScope
{
    private static readonly AsyncLocal<Caller?> s_caller = new();

    /// <summary>Null: nobody; the service itself, or a game.</summary>
    public static Caller? Caller
    {
        get => s_caller.Value;
        set => s_caller.Value = value;
    }
}
