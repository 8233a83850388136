using System.Diagnostics;

namespace OrderCenter.Persistence;

/// <summary>The spans of the service's own work, between those of ASP.NET Core and Npgsql: a request's transaction from its start to its
/// commit, and the callbacks that it causes. Where nothing is traced, they cost one check.</summary>
public static class Tracing
{
    public const string SourceName = "OrderCenter";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>What the caller does now; the default where nothing is traced.</summary>
    public static ActivityContext Caller => s_source.HasListeners() ? Activity.Current?.Context ?? default : default;

    /// <summary>The span of this service that the caller is in, as W3C Trace Context names it; null: nothing is traced.</summary>
    public static string? Traceparent =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Source.Name: SourceName } span ? span.Id : null;

    /// <summary>Begins a span that a caller has caused. Null: nothing is traced.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="kind">Whether it is a call of another service.</param>
    /// <param name="caller"><see cref="Caller"/> as it was then; the default: nobody caused it.</param>
    public static Activity? Start(string name, ActivityKind kind, ActivityContext caller) => s_source.StartActivity(name, kind, caller);
}
