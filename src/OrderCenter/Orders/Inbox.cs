using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrderCenter.Model;
using OrderCenter.Payments;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>Where a list of notifications ended.</summary>
public readonly record struct NoticeCursor(long ReceivedMs, string Key);

/// <summary>A notification with what it holds.</summary>
public sealed record NoticeDetail(Notice Notice, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>The inbox of all stores (protocols.md; contract.md, "Channels"). A genuine notification is committed before the store is answered; it is read
/// right after that, and by the sweeper until it was read, also by another node or after a crash. Reading it twice does no more than reading it once.</summary>
public sealed partial class Inbox(
    Store.Store store, Vault vault, OrderBook orders, AppCatalog apps, IEnumerable<INotified> channels, OrderMetrics metrics, TimeProvider clock, ILogger<Inbox> log)
{
    public const int BodyBytesMax = 256 * 1024;
    private const int NoticeIdMax = 256;
    private const int OutcomeMax = 512;
    private const int WaitingMax = 256;
    private const int ReadersMax = 8;
    private const int StepMax = 50;
    private const int PruneMax = 500;
    private const int TriesMax = 100;
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long KeptMs = 180 * 24 * Hour;

    /// <summary>Longer than a reading may take, with every call to its store.</summary>
    private const long LeaseMs = Minute;

    private static readonly long[] WaitsMs = [10 * Second, 30 * Second, Minute, 5 * Minute, 15 * Minute, Hour];

    private readonly Dictionary<string, INotified> _channels = channels.ToDictionary(channel => channel.Channel, StringComparer.Ordinal);

    /// <summary>What was just committed. Whatever finds no room here is found by the sweeper.</summary>
    private readonly Channel<KeptNotice> _fresh = Channel.CreateBounded<KeptNotice>(new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.Wait });

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The channel of that name, where its store notifies; null otherwise.</summary>
    public INotified? Find(string channel) => _channels.GetValueOrDefault(channel);

    /// <summary>Takes a notification at the door: judged, and kept where it is genuine, before this returns. Never throws for what it holds, nor for a
    /// database that is down: then the store shall repeat it.</summary>
    public async Task<NoticeReception> TakeAsync(INotified channel, string game, RawNotice notice, CancellationToken cancellationToken)
    {
        if (apps.Find(game)?.App is not { } app || !app.Channels.ContainsKey(channel.Channel))
        {
            return Refuse(channel, game, "the app is unknown, or has not configured the channel");
        }
        switch (await channel.AuthenticateAsync(app, notice, cancellationToken))
        {
            case Authenticity.Genuine { NoticeId: var id }:
                return id.Length is > 0 and <= NoticeIdMax ? await KeepAsync(channel, app, id, notice) : Refuse(channel, game, $"its id is not of 1 to {NoticeIdMax} characters");
            case Authenticity.TryLater later:
                metrics.CountNotice(channel.Channel, "tryLater");
                LogLater(log, channel.Channel, app.GameId, later.Reason);
                return NoticeReception.TryLater;
            case Authenticity.Refused refused:
                return Refuse(channel, game, refused.Reason);
            case var other:
                throw new InvalidOperationException($"unknown answer {other}");
        }
    }

    /// <summary>Reads what has just been kept, until it is told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) =>
        Parallel.ForEachAsync(
            _fresh.Reader.ReadAllAsync(stopping), new ParallelOptions { MaxDegreeOfParallelism = ReadersMax, CancellationToken = stopping },
            async (kept, cancellationToken) => await ReadAsync(kept, cancellationToken));

    /// <summary>Reads what is left: a bounded number.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var claimed = await store.UpkeepAsync(transaction => InboxTable.ClaimAsync(transaction, NowMs, NowMs + LeaseMs, StepMax), cancellationToken);
        await Parallel.ForEachAsync(
            claimed, new ParallelOptions { MaxDegreeOfParallelism = ReadersMax, CancellationToken = cancellationToken }, async (kept, token) => await ReadAsync(kept, token));
        return claimed.Count == StepMax;
    }

    /// <summary>Forgets what was applied, or meant nothing, half a year ago: a bounded number.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> PruneAsync(CancellationToken cancellationToken) =>
        await store.UpkeepAsync(transaction => InboxTable.PruneAsync(transaction, NowMs - KeptMs, PruneMax), cancellationToken) == PruneMax;

    /// <summary>Notifications newest first, from behind the cursor.</summary>
    public Task<List<Notice>> ListAsync(string? channel, long? gameId, NoticeState? state, NoticeCursor? after, int limit, CancellationToken cancellationToken)
    {
        var conditions = new List<string> { "1 = 1" };
        var parameters = new List<object?>();
        string Next(object value)
        {
            parameters.Add(value);
            return "$" + parameters.Count;
        }

        if (channel is not null)
        {
            conditions.Add($"channel = {Next(channel)}");
        }
        if (gameId is { } game)
        {
            conditions.Add($"game_id = {Next(game)}");
        }
        if (state is { } wanted)
        {
            conditions.Add($"state = {Next((int)wanted)}");
        }
        if (after is { } cursor)
        {
            conditions.Add($"(received_ms, notice_key) < ({Next(cursor.ReceivedMs)}, {Next(cursor.Key)})");
        }
        var sql = InboxTable.SelectWhere(string.Join(" AND ", conditions), $"ORDER BY received_ms DESC, notice_key DESC LIMIT {Next(limit)}");
        return store.SearchAsync(transaction => transaction.QueryAsync(sql, InboxTable.Read, [.. parameters]), cancellationToken);
    }

    /// <summary>One notification with what it holds; null: there is none.</summary>
    public async Task<NoticeDetail?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(transaction => InboxTable.FindAsync(transaction, key), cancellationToken) is not { } kept)
        {
            return null;
        }
        var raw = Open(kept);
        return new NoticeDetail(kept.Notice, raw.Headers, raw.Body);
    }

    /// <summary>Reads a notification again, now, whatever came of it before.</summary>
    /// <returns>How it stands then; null: there is none.</returns>
    public async Task<NoticeDetail?> ReplayAsync(string key, string actor, CancellationToken cancellationToken)
    {
        var again = await store.WriteAsync(
            async transaction => await InboxTable.FindAsync(transaction, key) is { } kept && await InboxTable.AgainAsync(transaction, kept.Notice, NowMs + LeaseMs)
                ? kept with { Notice = kept.Notice with { State = NoticeState.Waiting, Tries = 1 } }
                : null,
            cancellationToken);
        if (again is not null)
        {
            LogReplayed(log, key, actor);
            await ReadAsync(again, CancellationToken.None);
        }
        return await FindAsync(key, cancellationToken);
    }

    private async Task<NoticeReception> KeepAsync(INotified channel, App app, string noticeId, RawNotice raw)
    {
        var notice = new Notice
        {
            Key = KeyOf(channel.Channel, app.GameId, noticeId), Channel = channel.Channel, GameId = app.GameId, NoticeId = noticeId, ReceivedMs = raw.ReceivedMs,
        };
        var kept = new KeptNotice(notice, Seal(notice.Key, channel, raw));
        try
        {
            // Whether the store still waits or not: what is genuine is kept.
            var isNew = await store.WriteAsync(transaction => InboxTable.InsertAsync(transaction, notice, kept.Sealed, NowMs + LeaseMs), CancellationToken.None);
            metrics.CountNotice(channel.Channel, isNew ? "stored" : "repeated");
            LogKept(log, channel.Channel, app.GameId, noticeId, isNew ? "kept" : "had it");
            if (isNew)
            {
                _fresh.Writer.TryWrite(kept);
            }
            return NoticeReception.Stored;
        }
        catch (Exception fault) when (fault is StoreBusyException or DbException)
        {
            metrics.CountNotice(channel.Channel, "tryLater");
            LogNotKept(log, channel.Channel, app.GameId, fault);
            return NoticeReception.TryLater;
        }
    }

    /// <summary>1. What it says. 2. What follows for the order. 3. What came of it is recorded; a fault on the way leaves it waiting.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One notification that cannot be read must not keep the others from being read; the fault is logged and shown with it.")]
    private async Task ReadAsync(KeptNotice kept, CancellationToken cancellationToken)
    {
        var notice = kept.Notice;
        string fault;
        try
        {
            if (apps.Find(notice.GameId) is not { } app || !app.Channels.ContainsKey(notice.Channel) || Find(notice.Channel) is not { } channel)
            {
                fault = "the app has not configured the channel any more";
            }
            else
            {
                var tidings = await channel.ReadAsync(app, Open(kept), cancellationToken);
                if (tidings is not Tidings.TryLater later)
                {
                    // Where the store does not say when it said so: when it came first, which a replay does not change.
                    tidings = tidings with { SaidMs = tidings.SaidMs ?? notice.ReceivedMs };
                    await FinishAsync(notice, await orders.ReportAsync(app, notice.Channel, tidings, CancellationToken.None), TransactionOf(tidings));
                    return;
                }
                fault = later.Reason;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops; the lease runs out, and the notification is read elsewhere or after the next start.
            return;
        }
        catch (Exception broken)
        {
            LogUnread(log, notice.Key, broken);
            fault = broken.Message;
        }
        await PostponeAsync(notice, fault);
    }

    private async Task FinishAsync(Notice notice, ReportOutcome outcome, string? transactionId)
    {
        var state = Name(outcome.State);
        var order = outcome.OrderId?.Value ?? "-";
        metrics.CountNotice(notice.Channel, state);
        LogRead(log, notice.Channel, notice.NoticeId, order, state, outcome.Words);
        await store.WriteAsync(
            transaction => InboxTable.FinishAsync(transaction, notice, outcome.State, Short(outcome.Words), outcome.OrderId, transactionId, NowMs), CancellationToken.None);
    }

    private async Task PostponeAsync(Notice notice, string reason)
    {
        LogLater(log, notice.Channel, notice.GameId, reason);
        try
        {
            var dueMs = NowMs + WaitsMs[Math.Min(notice.Tries, WaitsMs.Length) - 1];
            await store.WriteAsync(
                transaction => notice.Tries >= TriesMax
                    ? InboxTable.FinishAsync(transaction, notice, NoticeState.Failed, Short(reason), null, null, NowMs)
                    : InboxTable.PostponeAsync(transaction, notice, Short(reason), dueMs),
                CancellationToken.None);
        }
        catch (Exception fault) when (fault is StoreBusyException or DbException)
        {
            // Its lease runs out, and the sweeper takes it.
            LogUnread(log, notice.Key, fault);
        }
    }

    private NoticeReception Refuse(INotified channel, string game, string reason)
    {
        metrics.CountNotice(channel.Channel, "refused");
        var shown = string.Concat(game.Take(32).Where(char.IsAsciiLetterOrDigit));
        LogRefused(log, channel.Channel, shown, reason);
        return NoticeReception.Refused;
    }

    private string Seal(string key, INotified channel, RawNotice raw)
    {
        var headers = raw.Headers.Where(header => channel.KeptHeaders.Contains(header.Key)).ToDictionary(StringComparer.Ordinal);
        return vault.Seal(JsonSerializer.Serialize(new SealedNotice(headers, raw.Body.ToArray()), SealedNoticeJson.Default.SealedNotice), Place(key));
    }

    private RawNotice Open(KeptNotice kept)
    {
        var raw = JsonSerializer.Deserialize(vault.Open(kept.Sealed, Place(kept.Notice.Key)), SealedNoticeJson.Default.SealedNotice)!;
        return new RawNotice(raw.Headers, raw.Body, kept.Notice.ReceivedMs);
    }

    private static string Place(string key) => $"notification {key}";

    /// <summary>The same notification has the same key however often and wherever it comes in. The length keeps channel and app apart from the id.</summary>
    private static string KeyOf(string channel, long gameId, string noticeId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{channel.Length}:{channel}:{gameId}:{noticeId}")).AsSpan(0, 20));

    private static string? TransactionOf(Tidings tidings) => tidings switch
    {
        Tidings.Paid paid => paid.Payment.TransactionId,
        Tidings.Contradicts contradicts => contradicts.Payment.TransactionId,
        Tidings.Refunded refunded => refunded.Payment.TransactionId,
        Tidings.PartlyRefunded part => part.Payment.TransactionId,
        Tidings.RefundReversed reversed => reversed.Payment.TransactionId,
        _ => null,
    };

    private static string Short(string text) => text.Length <= OutcomeMax ? text : text[..OutcomeMax];

    /// <summary>A state as the native API and the metrics name it.</summary>
    public static string Name(NoticeState state) => state switch
    {
        NoticeState.Waiting => "waiting",
        NoticeState.Applied => "applied",
        NoticeState.Ignored => "ignored",
        NoticeState.Unclaimed => "unclaimed",
        NoticeState.Unapplied => "unapplied",
        NoticeState.Held => "held",
        _ => "failed",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "notification of {Channel} for game {GameId}: {NoticeId}, {What}")]
    private static partial void LogKept(ILogger logger, string channel, long gameId, string noticeId, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "notification of {Channel} {NoticeId}: order {OrderId}, {State}: {Words}")]
    private static partial void LogRead(ILogger logger, string channel, string noticeId, string orderId, string state, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "notification of {Channel} for game {GameId} refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string channel, string gameId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "notification of {Channel} for game {GameId} cannot be read now: {Reason}")]
    private static partial void LogLater(ILogger logger, string channel, long gameId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "notification of {Channel} for game {GameId} could not be kept; the store shall repeat it")]
    private static partial void LogNotKept(ILogger logger, string channel, long gameId, Exception reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "notification {Key} could not be read")]
    private static partial void LogUnread(ILogger logger, string key, Exception reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "notification {Key} is read again by {Actor}")]
    private static partial void LogReplayed(ILogger logger, string key, string actor);
}

/// <summary>What came, as it is sealed.</summary>
internal sealed record SealedNotice(Dictionary<string, string> Headers, byte[] Body);

[JsonSerializable(typeof(SealedNotice))]
internal sealed partial class SealedNoticeJson : JsonSerializerContext;
