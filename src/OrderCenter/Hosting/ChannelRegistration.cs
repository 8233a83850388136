using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrderCenter.Accounts;
using OrderCenter.Apps;
using OrderCenter.Channels.Alipay;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Channels.Points;
using OrderCenter.Channels.Recipes;
using OrderCenter.Channels.Shared;
using OrderCenter.Channels.WeChat;
using OrderCenter.Channels.WeChatVirtual;
using OrderCenter.Domain;
using OrderCenter.Hosting.Workers;
using OrderCenter.Orders.Queries;
using OrderCenter.Payments;
using OrderCenter.Payments.Described;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.ProviderSync;
using OrderCenter.ProviderSync.RefundQuestions;

namespace OrderCenter.Hosting;

/// <summary>Registers the channels, and what goes between us and the stores later.</summary>
internal static class ChannelRegistration
{
    /// <summary>The installed channels. A new one is a line here.</summary>
    public static void AddChannels(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(provider => new PublicAddress(settings.PublicUrl, () => ListeningAddress(provider)));
        services.AddSingleton<StoreHttp>();
        services.AddSingleton<FindOrder>(provider => async (id, cancellationToken) =>
            await provider.GetRequiredService<OrderQueries>().FindAsync(id, cancellationToken) is { Order: var order }
                ? AsItsStoreNamesIt(provider.GetRequiredService<AppCatalog>().Find(order.GameId), order)
                : null);
        services.AddSingleton<FindPaidOrder>(provider => (channel, transactionId, cancellationToken) =>
            provider.GetRequiredService<OrderQueries>().FindPaidOrderAsync(channel, transactionId, cancellationToken));
        services.AddSingleton<FindConsumedShare>(provider => (id, cancellationToken) =>
            provider.GetRequiredService<ConsumedShares>().FindAsync(id, cancellationToken));
        services.AddSingleton<ChannelRegistry>();
        services.AddSingleton<IDescribedChannels, RecipeChannels>();
        services.AddSingleton<PointsLedger>();
        services.AddSingleton<IChannel, GoogleChannel>();
        services.AddSingleton<IChannel, AppleChannel>();
        services.AddSingleton<IChannel, PointsChannel>();
        services.AddSingleton<IChannel, AlipayChannel>();
        services.AddSingleton<IChannel, WeChatChannel>();
        services.AddSingleton<IChannel, WeChatVirtualChannel>();
    }

    public static void AddProviderSync(this IServiceCollection services)
    {
        services.AddSingleton<PaymentInitiation>();
        services.AddSingleton<PaymentQueries>();
        services.AddSingleton<PaymentRecovery>();
        services.AddSingleton<PaymentChecks>();
        services.AddSingleton<ProviderRefunds>();
        services.AddSingleton<SettingsTests>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<ConsumedShares>();
        services.AddSingleton<RefundQuestionStore>();
        services.AddSingleton<RefundAnswers>();
        services.AddSingleton<NotificationProcessor>();
        services.AddSingleton<NotificationInbox>();
        services.AddSingleton<FulfilmentReports>();
        services.AddSingleton<EventPoller>();
        services.AddSingleton<PolledEventHandler>();
        services.AddSingleton<HandlePolledEvent>(provider => provider.GetRequiredService<PolledEventHandler>().HandleAsync);
        services.AddHostedService<NotificationWorker>();
        services.AddHostedService<ProviderSyncWorker>();
    }

    /// <summary>The order with its store's name of the product, where it names its channel.</summary>
    private static Order AsItsStoreNamesIt(App? app, Order order) => app is not null && order.Channel is { } channel
        ? order with { ProductId = app.Products.SkuOf(channel, order.ProductId) }
        : order;

    /// <summary>The address at which this process listens: what payment platforms get where no public address is set.</summary>
    private static Uri? ListeningAddress(IServiceProvider provider)
    {
        var address = provider.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return address is null ? null : Uri.TryCreate(ServerAddress.ToLocal(address), UriKind.Absolute, out var url) ? url : null;
    }
}
