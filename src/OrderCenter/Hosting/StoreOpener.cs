using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Opens the store and reads the apps before the first request is taken. The store is closed with the service's container, after the last.</summary>
internal sealed class StoreOpener(Store.Store store, AppCatalog apps) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        await apps.LoadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
