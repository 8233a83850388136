using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Payments;

/// <summary>A store or payment platform that can confirm a payment. One folder under <c>Channels/</c> each; the core knows none by name.
/// What else it can do is a property each: the channel itself where its class implements the interface, unless it says otherwise; null: it
/// cannot.</summary>
public interface IChannel
{
    /// <summary>The name in settings and in the native API.</summary>
    string Name { get; }

    /// <summary>The fields of an app's settings for this channel that are never shown again.</summary>
    IReadOnlyList<string> SecretFields { get; }

    IPaymentInitiator? Initiator => this as IPaymentInitiator;

    INotificationHandler? Notifications => this as INotificationHandler;

    IEventSource? Events => this as IEventSource;

    IPaymentQuery? Query => this as IPaymentQuery;

    IFulfilmentReporter? FulfilmentReporter => this as IFulfilmentReporter;

    IRefunder? Refunder => this as IRefunder;

    IInternalAccount? InternalAccount => this as IInternalAccount;

    IStatementSource? StatementSource => this as IStatementSource;

    /// <summary>The statements that its store publishes, in the order in which they are tried. Default: none.</summary>
    IReadOnlyList<StatementFormat> StatementFormats => [];

    /// <summary>Everything that is wrong with an app's settings for this channel: one sentence a fault, naming the field and what is
    /// allowed.</summary>
    IEnumerable<string> Faults(JsonElement settings);

    /// <summary>Whether a receipt has this channel's shape, for orders that name no channel. Says nothing of its authenticity.</summary>
    bool Recognises(Receipt receipt);

    /// <summary>Verifies a receipt that was presented for an order: authentic, for this package, product, quantity and player, purchased
    /// and not refunded. Never throws for what a receipt holds.</summary>
    ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken);

    /// <summary>The purchase that a receipt names, not proven: support finds the order of a refused receipt by it. Never throws for what a
    /// receipt holds. Default: null, it names none.</summary>
    ClaimedPurchase? ReadClaim(Receipt receipt) => null;
}
