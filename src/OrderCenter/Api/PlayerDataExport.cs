using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrderCenter.Accounts;
using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Orders.Queries;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Lists;
using OrderCenter.Persistence.Tables;
using OrderCenter.PlayerData;

namespace OrderCenter.Api;

/// <summary>The beginning of an exported document; <c>orders</c> follows, newest first.</summary>
internal sealed record PlayerExportJson(long GameId, string UserId, DateTime ExportedAt, PlayerAccountJson? Account);

/// <summary>A player's account, where it is in the game.</summary>
internal sealed record PlayerAccountJson(string PlatAccount, string UserName, string OpenId, string? Points);

/// <summary>Sends a player's data as one JSON document: order by order as the caller takes it, so that memory is bounded. A document that
/// cannot be finished ends with its connection, so that nobody takes a part for the whole.</summary>
internal sealed partial class PlayerDataExport(
    OrderQueries orders, OrderPresenter presenter, Users users, PointsLedger points, Erasures erasures, AccessRecheck recheck,
    TimeProvider clock, ILogger<PlayerDataExport> log)
{
    private const int PartMax = 100;
    private const int RunningMax = 4;
    private const int RetryAfterSeconds = 10;

    /// <summary>Whoever takes less is cut off.</summary>
    private static readonly MinDataRate s_rate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(30));
    private static readonly TimeSpan RecheckPeriod = TimeSpan.FromSeconds(30);

    private int _running;

    /// <exception cref="DatabaseBusyException">Nothing was sent.</exception>
    public async Task<IResult> SendAsync(HttpContext context, App app, string userId, string reason)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > RunningMax)
            {
                return BearerTokens.TooMany(context, RetryAfterSeconds, $"more than {RunningMax} players are being exported");
            }

            // The first part before anything is sent: most faults are answered as such.
            var filter = new OrderFilter { Games = GameLimit.Of([app.GameId]), UserId = userId };
            var first = await orders.SearchAsync(filter, after: null, PartMax, context.RequestAborted);
            var account = await FindAccountAsync(app, userId, context.RequestAborted);
            await erasures.RecordExportAsync(app.GameId, userId, reason, context.RequestAborted);
            await StreamAsync(context, new PlayerExportJson(app.GameId, userId, clock.GetUtcNow().UtcDateTime, account), filter, first);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
        return Results.Empty;
    }

    private async Task<PlayerAccountJson?> FindAccountAsync(App app, string uid, CancellationToken cancellationToken)
    {
        var limit = GameLimit.Of([app.GameId]);
        foreach (var (found, _, openId) in await users.FindPlayersAsync(uid, limit, cancellationToken))
        {
            if (found == uid && OpenId.TryParse(openId, out var id)
                && await users.FindLoginAsync(id, cancellationToken) is { User: var user })
            {
                var balance = await points.BalanceAsync(uid, limit, cancellationToken);
                return new PlayerAccountJson(user.PlatAccount, user.UserName, openId, balance?.ToString());
            }
        }
        return null;
    }

    private async Task StreamAsync(HttpContext context, PlayerExportJson head, OrderFilter filter, ListPart<OrderRow> first)
    {
        var (response, cancellationToken) = (context.Response, context.RequestAborted);
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"player-{head.GameId}-{clock.GetUtcNow():yyyyMMdd-HHmmss}.json\"";
        response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } feature)
        {
            feature.MinDataRate = s_rate;
        }
        var checkedAt = clock.GetTimestamp();
        try
        {
            // The head without its last brace, so that the orders can follow.
            var bytes = JsonSerializer.SerializeToUtf8Bytes(head, ApiJson.Readable.PlayerExportJson);
            await response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length - 1), cancellationToken);
            await response.Body.WriteAsync(",\"orders\":["u8.ToArray(), cancellationToken);
            var separator = Array.Empty<byte>();
            for (var part = first; ;)
            {
                foreach (var row in part.Items)
                {
                    // Whoever did something to an order is another person.
                    if (await presenter.FindDetailAsync(row.Order.Id, context) is { } order)
                    {
                        await response.Body.WriteAsync(separator, cancellationToken);
                        await JsonSerializer.SerializeAsync(
                            response.Body, order with { Acts = null }, ApiJson.Readable.OrderJson, cancellationToken);
                        separator = ","u8.ToArray();
                    }
                }
                if (part.Next is not { } next)
                {
                    break;
                }
                if (clock.GetElapsedTime(checkedAt) >= RecheckPeriod)
                {
                    if (!await recheck.HoldsAsync(context, cancellationToken))
                    {
                        context.Abort();
                        return;
                    }
                    checkedAt = clock.GetTimestamp();
                }
                part = await orders.SearchAsync(filter, next, PartMax, cancellationToken);
            }
            await response.Body.WriteAsync("]}"u8.ToArray(), cancellationToken);
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
            LogBroken(log, head.GameId, fault);
            context.Abort();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the export of a player of game {GameId} broke off; its connection is closed")]
    private static partial void LogBroken(ILogger logger, long gameId, Exception reason);
}
