using System.Diagnostics.CodeAnalysis;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Facts;
using OrderCenter.Alerts.Settings;
using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Alerts;

/// <summary>Whether the database answers this node and takes its writes. Where it does not, nothing can be queued: this node itself tells
/// the sinks that it read last, from memory, until each has taken it, and writes the alert down when the database is back. Every node does
/// so for itself, because none can agree with another.</summary>
/// <remarks>A process that ends meanwhile forgets what it has told: it cannot start again before the database is back.</remarks>
internal sealed partial class DatabaseWatch(
    Database database, AlertSettings settings, AlertWriter writer, SinkSender sender, NodeName node, AlertOptions options,
    TimeProvider clock, ILogger<DatabaseWatch> log)
{
    /// <summary>So many probes one after the other make it slow, or away: one may have waited behind a large batch, or this process may
    /// have slept.</summary>
    private const int Probes = 3;

    private static readonly SqlStatement ProbeSql = new("SELECT 1");
    private static readonly TimeSpan s_probeMax = TimeSpan.FromSeconds(5);

    private readonly Queue<long> _tookMs = new(Probes);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _slowMs;
    private long? _awayAt;
    private long _awaySinceMs;
    private int _failures;
    private long _toldAt;
    private Alert? _alert;

    /// <summary>The least time of the last probes, milliseconds; 0: there were not enough.</summary>
    public long SlowMs => Interlocked.Read(ref _slowMs);

    /// <summary>Probes once.</summary>
    public async Task StepAsync(CancellationToken cancellationToken)
    {
        var fault = await ProbeAsync(cancellationToken);
        if (fault is null)
        {
            await ReturnAsync(cancellationToken);
            return;
        }
        if (_awayAt is null)
        {
            (_awayAt, _awaySinceMs) = (clock.GetTimestamp(), clock.NowMs());
        }
        _failures++;
        var away = clock.GetElapsedTime(_awayAt.Value);
        var fact = new AlertFact(AlertConditions.DatabaseAway, node.Machine, GameId: 0, (long)away.TotalSeconds, fault);
        if (_failures < Probes || !settings.LatestThresholds.Holds(fact))
        {
            return;
        }
        if (_alert is null)
        {
            _alert = AlertWriter.New(
                AlertWriter.NewId(_awaySinceMs), fact, settings.LatestThresholds.Of(fact.Condition, 0)!.Value, _awaySinceMs, nextMs: null);
            _toldAt = clock.GetTimestamp();
            LogAway(log, fault);
        }
        else if (clock.GetElapsedTime(_toldAt) >= options.RepeatAfter)
        {
            _told.Clear();
            _alert = _alert with { Told = _alert.Told + 1 };
            _toldAt = clock.GetTimestamp();
        }
        _alert = _alert with { Value = fact.Value, Detail = fault, SeenMs = clock.NowMs() };
        await TellAsync(_alert, cancellationToken);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification =
        "Whatever a probe fails with, the database is not there.")]
    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        try
        {
            await database.ReadAsync(transaction => transaction.QueryAsync(ProbeSql, static row => row.GetInt32(0)), cancellationToken)
                .WaitAsync(s_probeMax, clock, cancellationToken);
            Note((long)clock.GetElapsedTime(begun).TotalMilliseconds);
            return await database.WhyNoWritesAsync(cancellationToken).WaitAsync(s_probeMax, clock, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return fault is TimeoutException ? $"it did not answer within {s_probeMax.TotalSeconds:0} s"
                : Encodings.FaultDescription.Of(fault);
        }
    }

    private void Note(long tookMs)
    {
        _tookMs.Enqueue(tookMs);
        if (_tookMs.Count > Probes)
        {
            _tookMs.Dequeue();
        }
        Interlocked.Exchange(ref _slowMs, _tookMs.Count < Probes ? 0 : _tookMs.Min());
    }

    /// <summary>Tells every sink that was not told yet, all at once; what fails is tried with the next probe.</summary>
    private async Task TellAsync(Alert alert, CancellationToken cancellationToken)
    {
        var telling = alert.Told == 1 ? AlertTelling.Raised : AlertTelling.Repeated;
        var message = AlertMessage.Of(alert, telling, gameName: null, clock.NowMs());
        var left = settings.LatestSinks
            .Where(sink => sink.Takes(alert.Condition, 0, alert.Severity) && !_told.Contains(sink.Name!)).ToList();
        var faults = await Task.WhenAll(left.Select(sink => sender.SendAsync(sink, [message], cancellationToken)));
        foreach (var (sink, fault) in left.Zip(faults))
        {
            if (fault is null)
            {
                _told.Add(sink.Name!);
            }
            else
            {
                LogNotTold(log, sink.Name!, fault);
            }
        }
    }

    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        if (_alert is { } alert)
        {
            var nowMs = clock.NowMs();
            await writer.RecordPastAsync(alert with { Told = alert.Told + 1, RecoveredMs = nowMs }, nowMs, cancellationToken);
            LogBack(log);
        }
        (_alert, _awayAt, _failures) = (null, null, 0);
        _told.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "alert database.away: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} could not be told that the database is away, and is told again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string sink, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the database is back")]
    private static partial void LogBack(ILogger logger);
}
