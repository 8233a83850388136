using System.Text.Json;
using OrderCenter.Domain;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Payments.Settings;
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

    INotificationTrial? Trial => this as INotificationTrial;

    IEventSource? Events => this as IEventSource;

    IPaymentQuery? Query => this as IPaymentQuery;

    IFulfilmentReporter? FulfilmentReporter => this as IFulfilmentReporter;

    IRefunder? Refunder => this as IRefunder;

    ISettingsTest? Test => this as ISettingsTest;

    IRefundReviewer? RefundReviewer => this as IRefundReviewer;

    IInternalAccount? InternalAccount => this as IInternalAccount;

    IStatementSource? StatementSource => this as IStatementSource;

    /// <summary>The statements that its store publishes, in the order in which they are tried. Default: none.</summary>
    IReadOnlyList<StatementFormat> StatementFormats => [];

    /// <summary>Everything that is wrong with an app's settings for this channel: one sentence a fault, naming the field and what is
    /// allowed.</summary>
    IEnumerable<string> Faults(JsonElement settings);

    /// <summary>Whether the platform is told, with each payment of an app, to notify this installation's own address
    /// (<see cref="PublicAddress"/>). Default: false, its notifications are set up at the store, or there are none.</summary>
    bool IsToldNotifyAddress(App app) => false;

    /// <summary>What an account is of at the store, such as its package: no two accounts of an app may be of the same. Default: null, all
    /// of its settings together.</summary>
    string? IdentityOf(JsonElement settings) => null;

    /// <summary>What a statement is of at the store, such as its merchant: accounts of an app for which it is the same have one statement.
    /// Default: each account has its own.</summary>
    string? StatementIdentityOf(JsonElement settings) => IdentityOf(settings);

    /// <summary>The accounts of an app by their statements, in the order of the settings. Default: one account.</summary>
    IReadOnlyList<StatementAccount> StatementAccounts(App app) => [new(null, app, [])];

    /// <summary>The account that an order's payment belongs to: the one that proved it, else the one that the order is to be paid by.
    /// Default: null, there is one account.</summary>
    string? AccountOf(App app, Order order, Payment? payment) => null;

    /// <summary>The way in which players pay by an account, such as <c>app</c>; null: the channel has one way.</summary>
    string? WayOf(JsonElement settings) => null;

    /// <summary>What of settings without a fault will not work, or not for long: one sentence each. Default: nothing.</summary>
    IEnumerable<string> Warnings(JsonElement settings) => [];

    /// <summary>Whether a receipt has this channel's shape, for orders that name no channel. Says nothing of its authenticity.</summary>
    bool Recognises(Receipt receipt);

    /// <summary>Verifies a receipt that was presented for an order: authentic, for this package, product, quantity and player, purchased
    /// and not refunded. Never throws for what a receipt holds.</summary>
    ValueTask<Verdict> VerifyAsync(App app, Order order, Receipt receipt, CancellationToken cancellationToken);

    /// <summary>The purchase that a receipt names, not proven: support finds the order of a refused receipt by it. Never throws for what a
    /// receipt holds. Default: null, it names none.</summary>
    ClaimedPurchase? ReadClaim(Receipt receipt) => null;
}
