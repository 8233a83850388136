using System.Text;
using System.Text.Json;
using OrderCenter.Api.Authorization;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Orders;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;
using OrderCenter.ProviderSync;

namespace OrderCenter.Api;

/// <summary>Channels that apps describe: the descriptions that come with the program, and how an app's channel reads a sample of a
/// notification.</summary>
internal sealed class ChannelTrialApi(
    AppCatalog apps, ChannelRegistry channels, OrderQueries orders, PublicAddress address, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder group, ChannelTrialApi api)
    {
        group.MapGet("/apps/{gameId}/recipes", api.List).For(Role.Viewer, GameSource.Route)
            .WithSummary("List the recipes for channels that come with the program, and where their stores notify this app")
            .Produces<PageJson<RecipeJson>>();
        group.MapPost("/apps/{gameId}/channels/{name}/try", api.TryAsync).For(Role.Admin, GameSource.Route)
            .WithMetadata(new ResponseNotStored())
            .WithSummary("Try a channel by recipe with a sample of a notification; nothing is changed")
            .Accepts<TryJson>("application/json").Produces<TriedJson>().ProducesProblem(StatusCodes.Status409Conflict);
    }

    private IResult List(string gameId) => apps.Find(gameId) is not { App: var app }
        ? ApiResult.NotFound("app")
        : ApiResult.Ok(
            new PageJson<RecipeJson>(
                [
                    .. channels.Templates.Select(template => new RecipeJson(
                        template.Name, template.Title, template.Document, template.Settings, template.Description,
                        address.NotifyAt(template.Name, app.GameId)?.AbsoluteUri)),
                ],
                null),
            ApiJson.Readable.PageJsonRecipeJson);

    private async Task<IResult> TryAsync(string gameId, string name, HttpContext context)
    {
        if (apps.Find(gameId) is not { App: var app })
        {
            return ApiResult.NotFound("app");
        }
        if (!app.Channels.ContainsKey(name) || channels.Find(app, name) is not { } channel)
        {
            return ApiResult.NotFound("channel");
        }
        if (channel is not { Trial: { } trial, Notifications: { } handler })
        {
            return ApiResult.Conflict($"channel {name} is no channel by recipe");
        }
        return await RequestBody.ServeAsync(context, ApiJson.Readable.TryJson, async body =>
        {
            if (body.Sample is not { Length: > 0 and <= NotificationInbox.BodyBytesMax } sample)
            {
                return ApiResult.Invalid(
                    "sample", $"must be the body or the query of a notification, 1 to {NotificationInbox.BodyBytesMax} characters");
            }
            var raw = new RawNotification(
                new Dictionary<string, string>(StringComparer.Ordinal), Encoding.UTF8.GetBytes(sample.TrimStart('?')), clock.NowMs());
            var tried = trial.Try(app, raw);
            var isTaken = tried.Authentication is AuthenticationResult.Genuine;
            var answer = handler.Respond(app, isTaken ? NotificationReception.Stored : NotificationReception.Refused, raw);
            var (verdict, reason, payment) = Describe(tried);
            var order = await FindOrderAsync(app, tried.Event, context.RequestAborted);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (field, value) in tried.Fields)
            {
                fields[field] = value;
            }
            return ApiResult.Ok(
                new TriedJson(
                    verdict, reason, tried.SignedText, fields, payment is null ? null : OrderText.Show(payment),
                    order is null || payment is null ? null : ToJson(app, order, payment),
                    new TriedAnswerJson(answer.HttpStatus, answer.Body), address.NotifyAt(name, app.GameId)?.AbsoluteUri),
                ApiJson.Readable.TriedJson);
        });
    }

    private static (string Verdict, string? Reason, Payment? Payment) Describe(NotificationTrial tried) =>
        (tried.Authentication, tried.Event) switch
    {
        (AuthenticationResult.Refused refused, _) => ("refused", refused.Reason, null),
        (AuthenticationResult.TryLater later, _) => ("tryLater", later.Reason, null),
        (_, ProviderEvent.Paid paid) => ("paid", null, paid.Payment),
        (_, ProviderEvent.Refunded refunded) => ("refunded", refunded.Reason, refunded.Payment),
        (_, ProviderEvent.Ignored ignored) => (ignored.IsUnreadable ? "unreadable" : "ignored", ignored.Reason, null),
        var (_, other) => throw new InvalidOperationException($"unknown event {other}"),
    };

    private async Task<Order?> FindOrderAsync(App app, ProviderEvent? read, CancellationToken cancellationToken)
    {
        OrderId? id = read switch
        {
            ProviderEvent.Paid { OrderId: { } named } => named,
            ProviderEvent.Paid { Payment: var payment } => await orders.FindPaidOrderAsync(payment, cancellationToken),
            ProviderEvent.Refunded { Payment: var payment } => await orders.FindPaidOrderAsync(payment, cancellationToken),
            _ => null,
        };
        return id is { } found && await orders.FindAsync(found, cancellationToken) is { Order: var order } && order.GameId == app.GameId
            ? order
            : null;
    }

    private static TriedOrderJson ToJson(App app, Order order, Payment payment) => new(
        order.Id.Value, EnumTexts.Pay[order.State.Pay], EnumTexts.Progress[order.State.Progress],
        order.State.Pay != PayState.Unpaid ? null
            : order.Channel is { } wanted && wanted != payment.Channel
                ? $"the order is to be paid by {wanted}, not by {payment.Channel}"
            : payment.Environment != Payment.Production && !app.AcceptsSandboxOf(order.UserId)
                ? $"the payment is of the environment {payment.Environment}, which this app does not accept"
            : PaymentApplication.ContradictionOf(order, payment));
}

/// <summary>Body of <c>POST /apps/{gameId}/channels/{name}/try</c>.</summary>
internal sealed record TryJson
{
    /// <summary>The body of a notification as the store sent it, or the query where it comes in one.</summary>
    public string? Sample { get; init; }
}

/// <summary>How a channel read a sample. <c>signedText</c> is what the store signs, the key in it masked.</summary>
/// <param name="Verdict"><c>paid</c>, <c>refunded</c>, <c>ignored</c>, <c>unreadable</c> (authentic, waits for a person) or
/// <c>refused</c> (not the store's for this app).</param>
/// <param name="Reason">Why, where it is neither paid nor refunded.</param>
/// <param name="SignedText">Null: the sample could not be read.</param>
/// <param name="Fields">What was read.</param>
/// <param name="Payment">The payment that it reports.</param>
/// <param name="Order">The order of this app that it would touch; null: none.</param>
/// <param name="Answer">What the store would be answered.</param>
/// <param name="NotifyUrl">Where the store has to notify this app.</param>
internal sealed record TriedJson(
    string Verdict, string? Reason, string? SignedText, IReadOnlyDictionary<string, string> Fields, PaymentJson? Payment,
    TriedOrderJson? Order, TriedAnswerJson Answer, string? NotifyUrl);

/// <summary>The order that a sample would touch.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PayState">As in <c>GET /orders/{orderId}</c>.</param>
/// <param name="State">As in <c>GET /orders/{orderId}</c>.</param>
/// <param name="Contradiction">Why the order would not become paid; null: it would, or it was before.</param>
internal sealed record TriedOrderJson(string OrderId, string PayState, string State, string? Contradiction);

/// <summary>An answer to a store.</summary>
internal sealed record TriedAnswerJson(int Status, string Body);

/// <summary>A recipe that comes with the program.</summary>
/// <param name="Name">What an app's settings name it by.</param>
/// <param name="Title">The store.</param>
/// <param name="Document">The store's document.</param>
/// <param name="Settings">What the app's settings must give beside <c>recipe</c>.</param>
/// <param name="Recipe">The recipe itself, to be changed where the store is not quite like it.</param>
/// <param name="NotifyUrl">Where the store has to notify this app, where the channel has the recipe's name.</param>
internal sealed record RecipeJson(
    string Name, string Title, string Document, IReadOnlyList<string> Settings, JsonElement Recipe, string? NotifyUrl);
