using System.Security.Cryptography;
using System.Text;
using OrderCenter.Model;
using OrderCenter.Store;

namespace OrderCenter.Orders;

/// <summary>What a game asks for; checked at the edge that received it.</summary>
public sealed record NewOrder
{
    public required string ProductId { get; init; }
    public string ProductName { get; init; } = "";
    public required Money Money { get; init; }
    public required string Currency { get; init; }
    public required string UserId { get; init; }
    public int Quantity { get; init; } = 1;
    public string? MerchantOrderId { get; init; }
    public string? Channel { get; init; }
    public string? NotifyUrl { get; init; }
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Order.EmptyAttributes;

    /// <summary>Where the game gives no order number of its own: the key of the request, which makes one order however often it is sent.</summary>
    public string? RequestKey { get; init; }

    /// <summary>Whether the order waits for its result or payment for as long as it takes: what a merchant settled in advance.</summary>
    public bool NeverExpires { get; init; }

    /// <summary>The content that must be the same when a game repeats its order number, one text a field.</summary>
    public required IReadOnlyList<string> Content { get; init; }
}

/// <summary>What came of a create.</summary>
public abstract record CreateOutcome
{
    private CreateOutcome()
    {
    }

    public sealed record Created(OrderId OrderId) : CreateOutcome;

    /// <summary>The same order number with the same content: the first order.</summary>
    public sealed record Repeated(OrderId OrderId) : CreateOutcome;

    /// <summary>The same order number with other content.</summary>
    public sealed record Different(OrderId OrderId) : CreateOutcome;
}

public sealed partial class OrderBook
{
    /// <summary>A hundred years.</summary>
    private const long NeverMinutes = 100L * 365 * 24 * 60;

    /// <summary>Keeps request keys apart from the order numbers of games in the table of keys: longer than such a number may be.</summary>
    private const string RequestKeyPrefix = "\u0001request:";
    private const int OwnNumberMax = 256;

    /// <summary>Records an unpaid order. The game's own order number, where it gives one, is the idempotency key: however often and at once it is asked
    /// for, there is one order.</summary>
    /// <exception cref="StoreBusyException">Too many requests wait; nothing was recorded.</exception>
    public async Task<CreateOutcome> CreateAsync(App app, NewOrder asked, CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint(asked.Content);
        var key = asked.MerchantOrderId ?? (asked.RequestKey is { } requestKey ? RequestKeyPrefix + requestKey.PadRight(OwnNumberMax) : null);
        for (var draw = 0; draw < RacesMax; draw++)
        {
            var nowMs = NowMs;
            var order = ToOrder(app, asked, nowMs);
            var outcome = await store.WriteAsync(transaction => TryCreateAndNoteAsync(transaction, order, key, fingerprint), cancellationToken);
            if (outcome is CreateOutcome.Created)
            {
                metrics.Count("created");
                LogCreated(log, order.Id, order.GameId, order.ProductId, order.Money, order.Currency);
            }
            if (outcome is not null)
            {
                return outcome;
            }
        }
        throw new StoreBusyException($"no free order number was found in {RacesMax} draws; raise orderIdRandomDigits of app {app.GameId}");
    }

    private static async ValueTask<CreateOutcome?> TryCreateAndNoteAsync(Transaction transaction, Order order, string? key, string fingerprint)
    {
        var outcome = await TryCreateAsync(transaction, order, key, fingerprint);
        if (outcome is CreateOutcome.Created)
        {
            ChangeTable.NoteCreated(transaction, order);
        }
        return outcome;
    }

    /// <returns>Null: the drawn number is taken; draw again.</returns>
    private static async ValueTask<CreateOutcome?> TryCreateAsync(Transaction transaction, Order order, string? key, string fingerprint)
    {
        if (key is null)
        {
            return await OrderTable.InsertAsync(transaction, order) ? new CreateOutcome.Created(order.Id) : null;
        }
        // The order first: a number that is taken is drawn again with nothing to take back, and one that nobody knows yet can be taken back unseen.
        if (await OrderTable.FindKeyAsync(transaction, order.GameId, key) is { } known)
        {
            return Repeat(known);
        }
        if (!await OrderTable.InsertAsync(transaction, order))
        {
            return null;
        }
        if (await OrderTable.InsertKeyAsync(transaction, order.GameId, key, order.Id, fingerprint))
        {
            return new CreateOutcome.Created(order.Id);
        }
        await OrderTable.DeleteAsync(transaction, order.Id);
        return Repeat((await OrderTable.FindKeyAsync(transaction, order.GameId, key))!);

        CreateOutcome Repeat(OrderKey holder) =>
            holder.Fingerprint == fingerprint ? new CreateOutcome.Repeated(holder.OrderId) : new CreateOutcome.Different(holder.OrderId);
    }

    private Order ToOrder(App app, NewOrder asked, long nowMs) => new()
    {
        Id = _numbers.Draw(app.GameId, nowMs, app.OrderIdRandomDigits),
        GameId = app.GameId,
        MerchantOrderId = asked.MerchantOrderId,
        ProductId = asked.ProductId,
        ProductName = asked.ProductName,
        Money = asked.Money,
        Currency = asked.Currency,
        UserId = asked.UserId,
        Quantity = asked.Quantity,
        Channel = asked.Channel,
        NotifyUrl = asked.NotifyUrl,
        Attributes = asked.Attributes,
        CreatedMs = nowMs,
        ExpiresMs = nowMs + ((asked.NeverExpires ? NeverMinutes : app.UnpaidExpiresMinutes) * 60_000L),
    };

    /// <summary>One way: what is compared is equality. The length before each field keeps fields apart.</summary>
    private static string Fingerprint(IReadOnlyList<string> content)
    {
        var text = new StringBuilder();
        foreach (var field in content)
        {
            text.Append(field.Length).Append(':').Append(field);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
