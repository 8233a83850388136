using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Persistence;

namespace OrderCenter.Tests.Support;

/// <summary>Has a service live in a test's time: its own clocks, and what it takes for the database's.</summary>
internal static class VirtualTime
{
    public static void UseClock(this IServiceCollection services, ManualClock clock, Func<long>? serverNowMs = null)
    {
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        var options = (DatabaseOptions)services.Single(service => service.ServiceType == typeof(DatabaseOptions)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton(options with { ServerNowMs = serverNowMs ?? clock.SteadyMs }));
    }

    public static DatabaseOptions At(this DatabaseOptions options, ManualClock clock) => options with { ServerNowMs = clock.SteadyMs };
}
