using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Api.Live;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>The service in real time: what is live is about seconds.</summary>
public class LiveService : Service
{
    protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];

    internal LiveHub Hub => Services.GetRequiredService<LiveHub>();

    /// <summary>How many streams somebody has open.</summary>
    internal int CountOf(string holder) => Hub.Streams.Count(stream => stream.Holder == holder);

    protected override void Arrange(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton(TimeProvider.System));
        var options = (DatabaseOptions)services.Single(service => service.ServiceType == typeof(DatabaseOptions)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton(options with { ServerNowMs = null }));
    }
}
