using System.Text;
using System.Text.Json;
using OrderCenter.Channels.Shared;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Recipes;

/// <summary>A store whose notification, or signed receipt, an app describes by a recipe (docs/channels/recipes.md). Everything it knows is
/// in the app's settings.</summary>
internal sealed partial class RecipeChannel(string name, StoreHttp http, TimeProvider clock) : IChannel, INotificationHandler,
    INotificationTrial, IPaymentQuery
{
    private const int EchoCharsMax = 128;
    private static readonly string[] Secrets = [RecipeSettings.KeyField];

    public string Name => name;

    public IReadOnlyList<string> SecretFields => Secrets;

    public bool TakesQueries => true;

    private string NotConfigured => $"channel {name} is not configured for this app";

    public IEnumerable<string> Faults(JsonElement settings) => RecipeSettings.Read(settings).Faults;

    /// <summary>An order names such a channel: a receipt's shape says nothing without the recipe.</summary>
    public bool Recognises(Receipt receipt) => false;

    /// <summary>A receipt is the same document as a notification, brought by the client.</summary>
    public ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken) =>
        new(Verify(app, order, receipt));

    public ValueTask<AuthenticationResult> AuthenticateAsync(App app, RawNotification notification, CancellationToken cancellationToken) =>
        new(RecipeSettings.Of(app, name) is { } settings
            ? RecipeReading.Of(name, settings, notification.Body).Authentication()
            : new AuthenticationResult.Refused(NotConfigured));

    public NotificationResponse Respond(NotificationReception reception) => NotificationResponse.ByStatus(reception);

    public NotificationResponse Respond(App? app, NotificationReception reception, RawNotification? notification)
    {
        if (app is null || RecipeSettings.Of(app, name) is not { Recipe: var recipe })
        {
            return Respond(reception);
        }
        var response = (reception == NotificationReception.Stored ? recipe.Accepted : recipe.Refused).ToResponse();

        // Whatever the store makes of the text: a fault that may pass is no refusal.
        return reception == NotificationReception.TryLater ? response with { HttpStatus = 503 } : response;
    }

    public NotificationResponse? Confirm(App app, RawNotification question)
    {
        var parameters = new ParameterSet();
        return RecipeSettings.Of(app, name) is { Recipe.Echo: { } echo } settings
            && parameters.TryAddUrlEncoded(question.Body.Span, out _)
            && parameters.Text(echo) is { Length: > 0 and <= EchoCharsMax } answer && answer.All(char.IsAsciiLetterOrDigit)
            && RecipeReading.IsSignedQuery(settings, parameters)
                ? new NotificationResponse(200, "text/plain; charset=utf-8", answer)
                : null;
    }

    public ValueTask<ProviderEvent> ReadAsync(App app, RawNotification notification, CancellationToken cancellationToken)
    {
        if (RecipeSettings.Of(app, name) is not { } settings)
        {
            return new(new ProviderEvent.TryLater(NotConfigured));
        }

        // The recipe or its key may have changed since it was authenticated: what they do not prove now is no payment.
        var reading = RecipeReading.Of(name, settings, notification.Body);
        return new(reading.Refusal is { } refusal
            ? new ProviderEvent.Ignored($"by the settings as they are now: {refusal}") { IsUnreadable = true }
            : reading.ToEvent());
    }

    public NotificationTrial Try(App app, RawNotification sample)
    {
        if (RecipeSettings.Of(app, name) is not { } settings)
        {
            return new NotificationTrial(new AuthenticationResult.Refused(NotConfigured));
        }
        var reading = RecipeReading.Of(name, settings, sample.Body);
        return new NotificationTrial(reading.Authentication())
        {
            Fields = reading.Input is not { } input ? []
                : [
                    .. Shown(input.Body, ""),
                    .. settings.Recipe.Contents is { } contents ? Shown(input.Contents, contents + ".") : [],
                ],
            SignedText = reading.Input is { } read ? SignedText.Show(settings.Recipe, read, settings.Key) : null,
            Event = reading.Refusal is null ? reading.ToEvent() : null,
        };

        static IEnumerable<KeyValuePair<string, string>> Shown(ParameterSet fields, string prefix) => fields.Sorted.Select(
            field => KeyValuePair.Create(prefix + Encoding.UTF8.GetString(field.Name.Span), Encoding.UTF8.GetString(field.Value.Span)));
    }

    private Verdict Verify(App app, Order order, Receipt receipt)
    {
        if (RecipeSettings.Of(app, name) is not { } settings)
        {
            return new Verdict.Rejected(NotConfigured);
        }
        if (!settings.Recipe.IsJson)
        {
            return new Verdict.Rejected($"channel {name} takes no receipts");
        }
        var reading = RecipeReading.Of(name, settings, Encoding.UTF8.GetBytes(receipt.Root.GetRawText()));
        return reading.Refusal is { } refusal ? new Verdict.Rejected(refusal) : Judge(app, order, reading);
    }

    /// <summary>The verdict on what the store has signed.</summary>
    private static Verdict Judge(App app, Order order, RecipeReading reading) =>
        reading.ToEvent() switch
        {
            ProviderEvent.Paid paid when paid.OrderId != order.Id =>
                new Verdict.Rejected("the receipt is for another order") { Payment = paid.Payment },
            ProviderEvent.Paid { Payment: { Environment: not Payment.Production } payment } when !app.AcceptsSandboxOf(order.UserId) =>
                new Verdict.Rejected("the receipt is of the store's sandbox, which this app does not accept") { Payment = payment },
            ProviderEvent.Paid { Payment: var payment } when payment.Money != order.Money =>
                new Verdict.Contradicts(payment, $"the receipt's amount is {payment.Money}, the order's {order.Money}"),
            ProviderEvent.Paid { Payment: var payment } when !Currency.Same(payment.Currency!, order.Currency) =>
                new Verdict.Contradicts(payment, $"the receipt's currency is {payment.Currency}, the order's {order.Currency}"),
            ProviderEvent.Paid { Payment: var payment } => new Verdict.Paid(payment),
            ProviderEvent.Refunded { Payment: var payment } => new Verdict.Rejected("the payment was refunded") { Payment = payment },
            ProviderEvent.Ignored ignored => new Verdict.Rejected(ignored.Reason),
            var other => throw new InvalidOperationException($"unknown event {other}"),
        };
}
