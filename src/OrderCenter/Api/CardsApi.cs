using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Model;
using OrderCenter.Orders;
using OrderCenter.Store;

namespace OrderCenter.Api;

/// <summary>The card inventory and the results of CardRecharge's orders (contract.md, "Native API").</summary>
internal sealed class CardsApi(AppCatalog apps, OrderBook orders, CardInventory cards, CallbackBook callbacks)
{
    private const int ReasonMax = 512;

    public static void Map(RouteGroupBuilder group, CardsApi api)
    {
        group.MapPost("/apps/{gameId}/cards", api.ImportAsync).WithSummary("Import cards for a product; a card that is there already is kept once")
            .Accepts<ImportJson>("application/json").Produces<ImportedJson>(201);
        group.MapGet("/apps/{gameId}/cards", api.StockAsync).WithSummary("A product's stock, and the orders that wait for it: productId").Produces<StockJson>();
        group.MapPost("/orders/{orderId}/result", api.ResultAsync).WithSummary("CardRecharge: the final result of an order, success or failed")
            .Accepts<ResultJson>("application/json").Produces<OrderJson>();
        group.MapGet("/orders/{orderId}/cards", api.ViewAsync).WithSummary("Read the cards that were issued to an order; recorded as an act").Produces<OrderCardsJson>();
    }

    private async Task<IResult> ImportAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return Answer.NotFound("app");
        }
        if (app.Protocol != CardInventory.SoldBy)
        {
            return Answer.Problem(StatusCodes.Status409Conflict, $"only apps of the protocol {CardInventory.SoldBy} sell cards");
        }
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.ImportJson);
        if (body is null)
        {
            return refusal!;
        }
        if (!Body.IsText(body.ProductId, Body.IdMax))
        {
            return Answer.Invalid("productId", $"must be 1 to {Body.IdMax} characters");
        }
        if (body.Cards is not { Count: >= 1 and <= CardInventory.ImportMax })
        {
            return Answer.Invalid("cards", $"must be 1 to {CardInventory.ImportMax} cards a call");
        }
        if (!TryCards(body.Cards, out var imported, out refusal))
        {
            return refusal!;
        }
        var count = await cards.ImportAsync(new Product(app.GameId, body.ProductId), imported, context.RequestAborted);
        return Answer.Json(StatusCodes.Status201Created, new ImportedJson(count.Imported, count.Duplicates), ApiJson.Readable.ImportedJson);
    }

    private async Task<IResult> StockAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return Answer.NotFound("app");
        }
        var productId = context.Request.Query["productId"].ToString();
        if (!Body.IsText(productId, Body.IdMax))
        {
            return Answer.Invalid("productId", $"must be 1 to {Body.IdMax} characters");
        }
        var level = await cards.StockAsync(new Product(app.GameId, productId), context.RequestAborted);
        var stock = new StockJson(productId, level.InStock, level.WaitingOrders, level.WaitingCards, Times.Of(level.WaitingSinceMs));
        return Answer.Json(StatusCodes.Status200OK, stock, ApiJson.Readable.StockJson);
    }

    private async Task<IResult> ResultAsync(string orderId, HttpContext context)
    {
        var (body, refusal) = await Body.ReadAsync(context, ApiJson.Readable.ResultJson);
        if (body is null)
        {
            return refusal!;
        }
        if (body.Status is not ("success" or "failed"))
        {
            return Answer.Invalid("status", "must be success or failed");
        }
        var isSuccess = body.Status == "success";
        if (body.Cards is { Count: var count } && count > (isSuccess ? CardInventory.IssueMax : 0))
        {
            return Answer.Invalid("cards", $"must be at most {CardInventory.IssueMax} cards, and none where the status is failed");
        }
        if (body.Reason is not null && !Body.IsText(body.Reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be 1 to {ReasonMax} characters");
        }
        if (!TryCards(body.Cards ?? [], out var given, out refusal))
        {
            return refusal!;
        }
        if (!OrderId.TryParse(orderId, out var id) || await orders.FindAsync(id, context.RequestAborted) is not { Order: var order } || apps.Find(order.GameId) is not { } app)
        {
            return Answer.NotFound("order");
        }
        if (app.Protocol != CardInventory.SoldBy)
        {
            return Answer.Problem(StatusCodes.Status409Conflict, $"only orders of an app of the protocol {CardInventory.SoldBy} have a result");
        }
        var by = new ActBy(Access.Actor(context), body.Reason ?? $"result {body.Status}");
        return await orders.FinishAsync(app, id, isSuccess, by, given.Count == 0 ? null : Keeping(given), context.RequestAborted) switch
        {
            ActOutcome.Done => await ShowAsync(app, id, context.RequestAborted),
            ActOutcome.AlreadySo => await EchoAsync(app, id, given, context.RequestAborted),
            ActOutcome.NotAllowed refused => Answer.Problem(StatusCodes.Status409Conflict, refused.Reason),
            _ => Answer.NotFound("order"),
        };
    }

    private async Task<IResult> ViewAsync(string orderId, HttpContext context)
    {
        var reason = context.Request.Query["reason"].ToString();
        if (reason.Length > 0 && !Body.IsText(reason, ReasonMax))
        {
            return Answer.Invalid("reason", $"must be at most {ReasonMax} characters");
        }
        if (!OrderId.TryParse(orderId, out var id) || await cards.ViewAsync(id, Access.Actor(context), reason, context.RequestAborted) is not { } issued)
        {
            return Answer.NotFound("order");
        }
        context.Response.Headers.CacheControl = "no-store";
        return Answer.Json(
            StatusCodes.Status200OK,
            new OrderCardsJson(id.Value, [.. issued.Select(card => new CardItemJson { CardType = (int)card.Type, CardNo = card.No, CardPassword = card.Password, CardRect = card.Rect })]),
            ApiJson.Readable.OrderCardsJson);
    }

    /// <summary>Keeps the cards of a result with its order: in the inventory as issued, and sealed with the order.</summary>
    private Keep Keeping(IReadOnlyList<Card> given) => async (transaction, order, nowMs) =>
    {
        var (isKept, undoAsync) = await cards.KeepAsync(transaction, order, given, nowMs);
        return isKept
            ? new KeepOutcome.Kept(cards.Attach(order, given), undoAsync)
            : new KeepOutcome.Refused("a card is given twice, or was issued to another order");
    };

    /// <summary>The same result again: an echo, unless it brings other cards.</summary>
    private async Task<IResult> EchoAsync(App app, OrderId id, IReadOnlyList<Card> given, CancellationToken cancellationToken)
    {
        var row = (await orders.FindAsync(id, cancellationToken))!;
        return given.Count == 0 || given.SequenceEqual(cards.Of(row.Order))
            ? await ShowAsync(app, id, cancellationToken)
            : Answer.Problem(StatusCodes.Status409Conflict, "the order has its final result, with other cards");
    }

    private async Task<IResult> ShowAsync(App app, OrderId id, CancellationToken cancellationToken)
    {
        var row = (await orders.FindAsync(id, cancellationToken))!;
        var told = await callbacks.OfOrdersAsync([id], cancellationToken);
        return Answer.Json(StatusCodes.Status200OK, OrderText.Show(row, app.Protocol, told[id].Select(CallbacksApi.Show)), ApiJson.Readable.OrderJson);
    }

    private static bool TryCards(IReadOnlyList<CardItemJson?> items, out List<Card> read, out Answer? refusal)
    {
        read = new List<Card>(items.Count);
        refusal = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            var card = new Card((CardType)(item?.CardType ?? 0), item?.CardNo ?? "", item?.CardPassword ?? "", item?.CardRect ?? "");
            if (card.Fault() is var (field, allowed))
            {
                refusal = Answer.Invalid($"cards[{i}].{field}", allowed);
                return false;
            }
            read.Add(card);
        }
        return true;
    }
}

/// <summary>Body of <c>POST /apps/{gameId}/cards</c>.</summary>
internal sealed record ImportJson
{
    public string? ProductId { get; init; }
    public IReadOnlyList<CardItemJson?>? Cards { get; init; }
}

/// <summary>A card; which fields it has depends on its type (protocols.md §4). It prints nothing.</summary>
internal sealed record CardItemJson
{
    public int? CardType { get; init; }
    public string? CardNo { get; init; }
    public string? CardPassword { get; init; }
    public string? CardRect { get; init; }

    public override string ToString() => "***";
}

/// <summary>Answer of an import.</summary>
internal sealed record ImportedJson(int Imported, int Duplicates);

/// <summary>A product's stock, and the paid orders that wait for it.</summary>
internal sealed record StockJson(string ProductId, long InStock, long WaitingOrders, long WaitingCards, DateTime? WaitingSince);

/// <summary>Body of <c>POST /orders/{orderId}/result</c>.</summary>
internal sealed record ResultJson
{
    public string? Status { get; init; }
    public IReadOnlyList<CardItemJson?>? Cards { get; init; }
    public string? Reason { get; init; }
}

/// <summary>The cards of one order.</summary>
internal sealed record OrderCardsJson(string OrderId, IReadOnlyList<CardItemJson> Cards);
