using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrderCenter.Callbacks;
using OrderCenter.Encodings;
using OrderCenter.OpenWork;
using OrderCenter.Orders;
using OrderCenter.Orders.Refusals;
using OrderCenter.Payments;
using OrderCenter.Persistence;
using OrderCenter.ProviderSync;

namespace OrderCenter.Hosting;

/// <summary>Health, metrics and traces, with OpenTelemetry. Metrics are served as Prometheus text at <c>/metrics</c>. Where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, metrics and traces are sent there; elsewhere nothing is traced.</summary>
internal static class Observability
{
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string OtlpProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>The meter and the source of traces of PostgreSQL's driver.</summary>
    private const string DatabaseDriver = "Npgsql";

    private static readonly SqlStatement ReadySql = new("SELECT 1");
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(2);

    public static void AddObservability(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderMetrics>();
        var sendsOtlp = !string.IsNullOrEmpty(builder.Configuration[OtlpEndpoint]);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("ordercenter", serviceVersion: Version.Text))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(
                        OrderMetrics.MeterName, CallbackMetrics.MeterName, WorkMetrics.MeterName, ClockMetrics.MeterName, DatabaseDriver)
                    .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                    .AddPrometheusExporter(prometheus =>
                    {
                        // Every scrape is answered with what is true then, and every family with its own labels only.
                        prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
                        prometheus.ScopeInfoEnabled = false;
                        prometheus.TargetInfoEnabled = false;
                    });
                if (sendsOtlp)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (sendsOtlp)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Tracing.SourceName, DatabaseDriver).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .AddOtlpExporter());
        }
        builder.Services.AddHostedService<MetricsStart>();
    }

    public static void MapObservability(this WebApplication app)
    {
        app.MapGet("/healthz/live", () => Results.Text("live\n")).ExcludeFromDescription();
        app.MapGet("/healthz/ready", ReadyAsync).ExcludeFromDescription();
        app.MapPrometheusScrapingEndpoint("/metrics").ExcludeFromDescription();
    }

    /// <summary>Ready: the database responds and takes writes, and the service is not stopping.</summary>
    private static async Task<IResult> ReadyAsync(
        Database database, IHostApplicationLifetime lifetime, TimeProvider clock, HttpContext context)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        try
        {
            var aborted = context.RequestAborted;
            await database.ReadAsync(transaction => transaction.QueryAsync(ReadySql, row => row.GetInt32(0)), aborted)
                .WaitAsync(ReadyMax, clock, aborted);
            return await database.WhyNoWritesAsync(aborted).WaitAsync(ReadyMax, clock, aborted) is { } reason
                ? Results.Text($"{reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ready\n");
        }
        catch (Exception fault) when (fault is TimeoutException or DatabaseBusyException or DatabaseUnavailableException)
        {
            return Results.Text("the database does not respond\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>After OpenTelemetry's own service, which begins to listen.</summary>
    private sealed class MetricsStart(
        IMeterFactory factory, BodyReader bodies, OrderMetrics orders, CallbackMetrics callbacks, ClockMetrics clocks, RefusalLog refusals,
        ChannelRegistry channels, DispatcherState dispatcher, IEnumerable<ICallbackProtocol> protocols) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            List<string> protocolNames = [.. protocols.Select(protocol => protocol.Name)];
            orders.ReportZero(channels.All.Select(channel => channel.Name), protocolNames, PaymentChecks.SkipCauses);
            callbacks.ReportZero();
            callbacks.Observe(dispatcher);
            clocks.ReportZero();
            refusals.ReportZero(protocolNames);
            factory.Create(OrderMetrics.MeterName).CreateObservableGauge(
                "ordercenter.body.bytes", () => bodies.BytesHeld, description: "Bytes that bodies of requests hold");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
