using OrderCenter.Alerts;
using OrderCenter.Alerts.Delivery;
using OrderCenter.Alerts.Facts;
using OrderCenter.Alerts.Settings;
using OrderCenter.Channels.Shared;
using OrderCenter.Hosting.Workers;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Sqlite;

namespace OrderCenter.Hosting;

/// <summary>Registers the alerts: what is seen, who is told, and the work of both.</summary>
internal static class AlertRegistration
{
    public static void AddAlerts(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<AlertOptions>();
        services.AddSingleton(NodeName.OfProcess);
        services.AddSingleton(new DiskSpace(
            (settings.Storage.Engine == DatabaseOptions.Sqlite ? SqliteFile.FolderOf(settings.Storage.ConnectionString) : null)
            ?? AppContext.BaseDirectory));
        services.AddSingleton(provider => provider.GetRequiredService<StoreHttp>().Reachability);
        services.AddSingleton<AlertSettings>();
        services.AddSingleton<SinkSender>();
        services.AddSingleton<AlertWriter>();
        services.AddSingleton<AlertDeliverer>();
        services.AddSingleton<AlertQueries>();
        services.AddSingleton<AlertTest>();
        services.AddSingleton<DatabaseWatch>();

        // What a node sees of itself, and what the one that evaluates sees. A new source is a line here.
        services.AddSingleton<INodeSource, BreakerSource>();
        services.AddSingleton<INodeSource, RefusalSource>();
        services.AddSingleton<INodeSource, StoreSource>();
        services.AddSingleton<INodeSource, MachineSource>();
        services.AddSingleton<NodeObserver>();
        services.AddSingleton<IAlertSource>(provider => provider.GetRequiredService<NodeObserver>());
        services.AddSingleton<IAlertSource, WorkSource>();
        services.AddSingleton<IAlertSource, InboxSource>();
        services.AddSingleton<IAlertSource, FulfilmentSource>();
        services.AddSingleton<IAlertSource, RefundQuestionSource>();
        services.AddSingleton<IAlertSource, StatementFetchSource>();
        services.AddSingleton<IAlertSource, StockSource>();
        services.AddSingleton<IAlertSource, ExpirySource>();
        services.AddSingleton<IAlertSource, PublicUrlSource>();
        services.AddSingleton<AlertEvaluator>();
        services.AddHostedService<AlertWorker>();
    }
}
