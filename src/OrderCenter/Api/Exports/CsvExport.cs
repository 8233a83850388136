using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Api.Exports;

/// <summary>Sends a list as CSV: part by part as the caller takes it, so that memory is bounded however long the list is. A document that
/// cannot be finished ends with its connection, so that nobody takes a part for the whole.</summary>
internal sealed partial class CsvExport(Database database, AccessRecheck recheck, TimeProvider clock, ILogger<CsvExport> log)
{
    /// <summary>How many items are read at once.</summary>
    public const int PartMax = 1000;

    /// <summary>Each takes a thread of searches for some milliseconds at a time.</summary>
    private const int RunningMax = 8;

    /// <summary>So that one caller keeps none from the others.</summary>
    private const int RunningOfOneMax = 3;
    private const int RetryAfterSeconds = 10;

    /// <summary>Whoever takes less is cut off: an export must not be held for days.</summary>
    private static readonly MinDataRate s_rate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>How often it is asked whether the caller's session or token still holds.</summary>
    private static readonly TimeSpan RecheckPeriod = TimeSpan.FromSeconds(30);

    /// <summary>How often a part is asked for while the database is busy, and how long between.</summary>
    private const int AttemptsMax = 10;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(500);

    // Spreadsheets know UTF-8 by the mark at the beginning.
    private static readonly CsvWriterOptions s_options = new() { WriteByteOrderMark = true };

    private readonly Lock _gate = new();

    /// <summary>How many are being sent, by caller.</summary>
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Reads a part of a list behind a place.</summary>
    public delegate Task<ListPart<T>> ReadPart<T>(ListKey? after, int limit, CancellationToken cancellationToken);

    /// <summary>Sends a list, unless too many are being sent.</summary>
    /// <param name="context">The request, whose query holds the filters.</param>
    /// <param name="table">What it looks like.</param>
    /// <param name="games">The games that it is limited to, for the audit log.</param>
    /// <param name="readAsync">Reads its parts.</param>
    /// <param name="target">Whose list it is, where it is one of several; null: there is one.</param>
    /// <exception cref="DatabaseBusyException">Nothing was sent.</exception>
    public async Task<IResult> SendAsync<T>(
        HttpContext context, CsvTable<T> table, GameLimit games, ReadPart<T> readAsync, string? target = null)
    {
        var caller = CallerAccess.Of(context).KeyOf("");
        if (!TryBegin(caller))
        {
            return BearerTokens.TooMany(
                context, RetryAfterSeconds, $"more than {RunningMax} exports are being sent, or {RunningOfOneMax} of yours");
        }
        try
        {
            // The first part before anything is sent: most faults are answered as such.
            var first = await readAsync(null, PartMax, context.RequestAborted);
            await AuditAsync(context, table.Name, games, target);
            await StreamAsync(context, table, first, readAsync, target);
        }
        finally
        {
            End(caller);
        }
        return Results.Empty;
    }

    private bool TryBegin(string caller)
    {
        lock (_gate)
        {
            var own = _running.GetValueOrDefault(caller);
            if (own >= RunningOfOneMax || _running.Values.Sum() >= RunningMax)
            {
                return false;
            }
            _running[caller] = own + 1;
            return true;
        }
    }

    private void End(string caller)
    {
        lock (_gate)
        {
            if (--_running[caller] == 0)
            {
                _running.Remove(caller);
            }
        }
    }

    /// <summary>Sends a list with filters, unless one of them is wrong.</summary>
    /// <param name="context">The request.</param>
    /// <param name="table">What it looks like.</param>
    /// <param name="filterOf">Reads the filters of the query, within the caller's games.</param>
    /// <param name="listOf">The games of the filters, and what reads the list.</param>
    public async Task<IResult> SendAsync<TFilter, T>(
        HttpContext context, CsvTable<T> table, Func<QueryFields, GameLimit, TFilter> filterOf,
        Func<TFilter, (GameLimit Games, ReadPart<T> ReadAsync)> listOf)
    {
        var query = new QueryFields(context.Request.Query);
        var (games, readAsync) = listOf(filterOf(query, CallerAccess.Of(context).Games));
        return query.Fault ?? await SendAsync(context, table, games, readAsync);
    }

    /// <summary>A list that is read at once.</summary>
    public static ReadPart<T> Whole<T>(Func<CancellationToken, Task<List<T>>> readAsync) =>
        async (_, _, cancellationToken) => new ListPart<T>(await readAsync(cancellationToken), Next: null);

    private Task<bool> AuditAsync(HttpContext context, string name, GameLimit games, string? target)
    {
        var filters = new JsonObject();
        foreach (var (parameter, value) in context.Request.Query)
        {
            filters[parameter] = value.ToString();
        }
        var fact = new AuditFact($"{name}.export", games.Games is [var only] ? only : null, target)
        {
            After = JsonSerializer.Serialize(filters, ApiJson.Readable.JsonObject),
        };
        return database.WriteAsync(
            transaction =>
            {
                AuditTrail.Append(transaction, fact, clock.NowMs());
                return ValueTask.FromResult(true);
            },
            context.RequestAborted);
    }

    private async Task StreamAsync<T>(HttpContext context, CsvTable<T> table, ListPart<T> first, ReadPart<T> readAsync, string? target)
    {
        var (response, cancellationToken) = (context.Response, context.RequestAborted);
        var file = $"{(target is null ? "" : target + "-")}{table.Name}-{clock.GetUtcNow():yyyyMMdd-HHmmss}.csv";
        response.ContentType = CsvRouteExtensions.MediaType + "; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{file}\"";
        response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } feature)
        {
            feature.MinDataRate = s_rate;
        }
        var checkedAt = clock.GetTimestamp();
        try
        {
            await using var csv = CsvWriter.Create(response.Body, s_options, leaveOpen: true);
            var cells = new CsvCells(csv);
            foreach (var column in table.Columns)
            {
                cells.Text(column);
            }
            await csv.EndRecordAsync(cancellationToken);
            for (var part = first; ;)
            {
                foreach (var item in part.Items)
                {
                    table.Write(cells, item);
                    await csv.EndRecordAsync(cancellationToken);
                }
                if (part.Next is not { } next)
                {
                    break;
                }
                if (clock.GetElapsedTime(checkedAt) >= RecheckPeriod)
                {
                    if (!await recheck.HoldsAsync(context, cancellationToken))
                    {
                        LogEnded(log, table.Name);
                        context.Abort();
                        return;
                    }
                    checkedAt = clock.GetTimestamp();
                }
                part = await ReadPatientlyAsync(readAsync, next, cancellationToken);
            }
            await csv.FlushAsync(cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever asked for it has gone.
            context.Abort();
        }
#pragma warning disable CA1031 // The status has been sent: only the end of the connection says that the document is not whole.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBroken(log, table.Name, fault);
            context.Abort();
        }
    }

    private async Task<ListPart<T>> ReadPatientlyAsync<T>(ReadPart<T> readAsync, ListKey after, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await readAsync(after, PartMax, cancellationToken);
            }
            catch (DatabaseBusyException) when (attempt < AttemptsMax)
            {
                await Task.Delay(BusyPause, clock, cancellationToken);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the export of {List} is not finished: its caller's session or token has ended; its connection is closed")]
    private static partial void LogEnded(ILogger logger, string list);

    [LoggerMessage(Level = LogLevel.Error, Message = "the export of {List} broke off; its connection is closed")]
    private static partial void LogBroken(ILogger logger, string list, Exception reason);
}
