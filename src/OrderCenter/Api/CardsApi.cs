using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;

namespace OrderCenter.Api;

/// <summary>The card inventory and the results of CardRecharge's orders (contract.md, "Native API").</summary>
internal sealed class CardsApi(
    AppCatalog apps, OrderQueries orders, OrderResultRecorder results, CardInventory cards, OrderPresenter presenter)
{
    public static void Map(RouteGroupBuilder group, CardsApi api)
    {
        group.MapPost("/apps/{gameId}/cards", api.ImportAsync).For(Role.Finance, GameSource.Route)
            .Accepts<ImportJson>("application/json").Produces<ImportedJson>(201)
            .WithSummary(
                "Import cards for a product; a card that is in this installation already is not taken again, and the answer says which");
        group.MapGet("/apps/{gameId}/cards", api.StockAsync).For(Role.Viewer, GameSource.Route)
            .TakesQuery(RouteQueries.Stock).Produces<StockJson>()
            .WithSummary("A product's stock, and the orders that wait for it: productId");
        group.MapPost("/orders/{orderId}/result", api.ResultAsync).For(Role.Finance, GameSource.Order)
            .WithSummary("CardRecharge: the final result of an order, success or failed")
            .Accepts<ResultJson>("application/json").Produces<OrderJson>();
        group.MapGet("/orders/{orderId}/cards", api.ViewAsync).For(Role.Finance, GameSource.Order)
            .TakesQuery(RouteQueries.OrderCards).Produces<OrderCardsJson>()
            .WithSummary("Read the cards that were issued to an order; recorded as an act");
    }

    private async Task<IResult> ImportAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        if (app.Protocol != CardInventory.SoldBy)
        {
            return ApiResult.Conflict($"only apps of the protocol {CardInventory.SoldBy} sell cards");
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.ImportJson, async body =>
        {
            var checks = new FieldChecks();
            var productId = checks.Required("productId", body.ProductId, FieldChecks.IdMax);
            if (body.Cards is not { Count: >= 1 and <= CardInventory.ImportMax })
            {
                checks.Refuse("cards", $"must be 1 to {CardInventory.ImportMax} cards a call");
            }
            var imported = ToCards(body.Cards, checks);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            var outcome = await cards.ImportAsync(new Product(app.GameId, productId), imported, context.RequestAborted);
            return ApiResult.Json(
                StatusCodes.Status201Created,
                new ImportedJson(outcome.Imported, outcome.Repeated.Count, [.. outcome.Repeated.Select(Show)]),
                ApiJson.Readable.ImportedJson);
        });
    }

    private async Task<IResult> StockAsync(string gameId, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        var query = new QueryFields(context.Request.Query);
        var productId = query.Required("productId", query.Text("productId"), FieldChecks.IdMax);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        var level = await cards.StockAsync(new Product(app.GameId, productId), context.RequestAborted);
        var stock = new StockJson(productId, level.InStock, level.WaitingOrders, level.WaitingCards, Rfc3339Time.Of(level.WaitingSinceMs));
        return ApiResult.Ok(stock, ApiJson.Readable.StockJson);
    }

    private Task<IResult> ResultAsync(string orderId, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.ResultJson, async body =>
        {
            var checks = new FieldChecks();
            if (body.Status is not ("success" or "failed"))
            {
                checks.Refuse("status", "must be success or failed");
            }
            var isSuccess = body.Status == "success";
            if (body.Cards is { Count: var count } && count > (isSuccess ? CardInventory.IssueMax : 0))
            {
                checks.Refuse("cards", $"must be at most {CardInventory.IssueMax} cards, and none where the status is failed");
            }
            var by = new AuditContext(
                CallerAccess.Of(context).Actor, checks.Optional("reason", body.Reason, FieldChecks.ReasonMax) ?? $"result {body.Status}");
            var given = ToCards(body.Cards, checks);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await presenter.FindAsync(orderId, context) is not var (order, app))
            {
                return ApiResult.NotFound("order");
            }
            if (app.Protocol != CardInventory.SoldBy)
            {
                return ApiResult.Conflict($"only orders of an app of the protocol {CardInventory.SoldBy} have a result");
            }
            if (isSuccess && order.State.Progress == Progress.Created && CountFault(order, given.Count) is { } countFault)
            {
                return ApiResult.Invalid("cards", countFault);
            }
            return await results.ApplyAsync(
                app, order.Id, isSuccess, by, given.Count == 0 ? null : Keeping(given), context.RequestAborted) switch
            {
                OperationOutcome.Done => await ShowAsync(order.Id, [], context.RequestAborted),
                OperationOutcome.Unchanged => await ShowAsync(order.Id, given, context.RequestAborted),
                OperationOutcome.NotAllowed refused => ApiResult.Conflict(refused.Reason),
                _ => ApiResult.NotFound("order"),
            };
        });

    private async Task<IResult> ViewAsync(string orderId, HttpContext context)
    {
        var query = new QueryFields(context.Request.Query);
        var reason = query.OptionalOrEmpty("reason", query.Text("reason"), FieldChecks.ReasonMax);
        if (query.Fault is { } fault)
        {
            return fault;
        }
        if (!OrderId.TryParse(orderId, out var id)
            || await cards.ViewAsync(
                id, CallerAccess.Of(context).Actor, reason, CallerAccess.Of(context).Games, context.RequestAborted) is not { } issued)
        {
            return ApiResult.NotFound("order");
        }
        context.Response.Headers.CacheControl = "no-store";
        return ApiResult.Ok(
            new OrderCardsJson(
                id.Value,
                [
                    .. issued.Select(card => new CardItemJson
                    {
                        CardType = (int)card.Type, CardNo = card.No, CardPassword = card.Password, CardRect = card.Rect,
                    }),
                ]),
            ApiJson.Readable.OrderCardsJson);
    }

    /// <summary>Stores the cards of a result: in the inventory as issued, and encrypted with the order.</summary>
    private StoreAttachment Keeping(IReadOnlyList<Card> given) => async (transaction, order, nowMs) =>
    {
        var (isKept, undoAsync) = await cards.KeepAsync(transaction, order, given, nowMs);
        return isKept
            ? new AttachmentOutcome.Attached(cards.Attach(order, given), undoAsync)
            : new AttachmentOutcome.Refused("a card is given twice, is known for another product or game, or was issued to another order");
    };

    /// <summary>The order with its result. A repeated result is refused when it brings other cards than the first one.</summary>
    private async Task<IResult> ShowAsync(OrderId id, IReadOnlyList<Card> repeated, CancellationToken cancellationToken)
    {
        var row = (await orders.FindAsync(id, cancellationToken))!;
        if (repeated.Count > 0 && !repeated.SequenceEqual(cards.Of(row.Order)))
        {
            return ApiResult.Conflict("the order has its final result, with other cards");
        }
        var show = await presenter.ShowAllAsync([row], cancellationToken);
        return ApiResult.Ok(show(row), ApiJson.Readable.OrderJson);
    }

    private static RepeatedCardJson Show(RepeatedCard card) =>
        new(card.Index, card.MaskedNo, card.ProductId, card.IsOfThisImport ? "given twice in this import" : "already in stock, or issued");

    /// <summary>What is wrong with the number of cards of a result; null: nothing. An order that buys cards gets as many as it paid for.
    /// More cards than a result can carry were delivered in another way, and a direct recharge needs none.</summary>
    private static string? CountFault(Order order, int given)
    {
        if (given == order.Quantity
            || (given == 0 && (order.Quantity > CardInventory.IssueMax || order.Attributes.ContainsKey(OrderCards.AccountField))))
        {
            return null;
        }
        return $"must be {order.Quantity}, as many as the order's quantity says; given: {given}";
    }

    private static List<Card> ToCards(IReadOnlyList<CardItemJson?>? items, FieldChecks checks)
    {
        var cards = new List<Card>(items?.Count ?? 0);
        for (var i = 0; i < items?.Count && checks.Fault is null; i++)
        {
            var item = items[i];
            var card = new Card((CardType)(item?.CardType ?? 0), item?.CardNo ?? "", item?.CardPassword ?? "", item?.CardRect ?? "");
            if (card.Fault() is var (field, allowed))
            {
                checks.Refuse($"cards[{i}].{field}", allowed);
            }
            cards.Add(card);
        }
        return cards;
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
internal sealed record ImportedJson(int Imported, int Duplicates, IReadOnlyList<RepeatedCardJson> Repeated);

/// <summary>A card that was not taken, since it is known already. <c>ProductId</c>: whose it is, where it is the same game's.</summary>
/// <param name="Index">Its place in <c>cards</c>, from 0.</param>
/// <param name="CardNo">Its number, masked.</param>
/// <param name="ProductId">Null: another game's.</param>
/// <param name="Reason">For people.</param>
internal sealed record RepeatedCardJson(int Index, string CardNo, string? ProductId, string Reason);

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
