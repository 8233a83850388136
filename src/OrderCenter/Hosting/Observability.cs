using OpenTelemetry;
using OpenTelemetry.Metrics;
using OrderCenter.Callbacks;
using OrderCenter.Orders;

namespace OrderCenter.Hosting;

/// <summary>Health, metrics and logs. Meters are the ones that .NET brings and <see cref="OrderMetrics"/>; <c>/metrics</c> gives them as Prometheus text,
/// and OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
internal static class Observability
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(2);

    public static void AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderMetrics>();
        builder.Services.AddSingleton<PrometheusText>();
        builder.Services.AddSingleton(provider =>
        {
            var meters = Sdk.CreateMeterProviderBuilder()
                .AddMeter(OrderMetrics.MeterName, CallbackMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddReader(new BaseExportingMetricReader(provider.GetRequiredService<PrometheusText>()));
            if (!string.IsNullOrEmpty(provider.GetRequiredService<IConfiguration>()["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            {
                meters.AddOtlpExporter();
            }
            return meters.Build();
        });
        builder.Services.AddHostedService<MetricsStart>();
    }

    public static void MapObservability(this WebApplication app)
    {
        app.MapGet("/healthz/live", () => Results.Text("live\n")).ExcludeFromDescription();
        app.MapGet("/healthz/ready", ReadyAsync).ExcludeFromDescription();
        app.MapGet("/metrics", (PrometheusText metrics) => Results.Text(metrics.CollectText(), "text/plain; version=0.0.4; charset=utf-8")).ExcludeFromDescription();
    }

    /// <summary>Ready: the store answers, and the service is not on its way down.</summary>
    private static async Task<IResult> ReadyAsync(Store.Store store, IHostApplicationLifetime lifetime, TimeProvider clock, HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        try
        {
            await store.ReadAsync(transaction => transaction.QueryAsync("SELECT 1", row => row.GetInt32(0)), context.RequestAborted).WaitAsync(ReadyMax, clock, context.RequestAborted);
            return Results.Text("ready\n");
        }
        catch (Exception fault) when (fault is TimeoutException or Store.StoreBusyException or Store.StoreUnavailableException)
        {
            return Results.Text("the store does not answer\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>The meter provider listens from the start, not from the first look at <c>/metrics</c>.</summary>
    private sealed class MetricsStart(MeterProvider meters) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            meters.ForceFlush(timeoutMilliseconds: 1000);
            return Task.CompletedTask;
        }
    }
}
