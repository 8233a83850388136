using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>Meters are the process's own: while these tests run, no other service may count beside theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneServiceAtATime
{
    public const string Name = "one service at a time";
}

/// <summary>contract.md, "Start": health, metrics, and the description of the native API.</summary>
[Collection(OneServiceAtATime.Name)]
public sealed partial class ObservabilityTests(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task A_service_that_runs_is_live_and_ready_and_asks_for_no_token(string path)
    {
        using var response = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_description_lists_every_endpoint_that_is_mapped()
    {
        using var response = await service.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var described = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal);
        var mapped = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}")).Order(StringComparer.Ordinal).ToList();
        Assert.True(mapped.Count >= 11);
        Assert.Equal(mapped, described);
    }

    [Fact]
    public async Task Metrics_are_well_formed_Prometheus_text()
    {
        var game = await service.NewGameAsync();
        var id = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(id, "paid", new { channel = "bank", transactionId = "T-" + id });
        using (await service.Http.GetAsync(new Uri("/nothing\"\\%0A", UriKind.Relative)))
        {
        }
        using var response = await service.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);

        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var series = new HashSet<string>(StringComparer.Ordinal);
        var buckets = new Dictionary<string, double>(StringComparer.Ordinal);
        var family = "";
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                continue;
            }
            if (TypeLine().Match(line) is { Success: true } type)
            {
                family = type.Groups["name"].Value;
                Assert.True(types.TryAdd(family, type.Groups["type"].Value), $"two families are called {family}");
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            var name = sample.Groups["name"].Value;
            Assert.True(name == family || (types[family] == "histogram" && (name == family + "_bucket" || name == family + "_sum" || name == family + "_count")), $"{name} stands in family {family}");
            Assert.True(series.Add(name + sample.Groups["labels"].Value), $"twice: {line}");
            var value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
            if (name.EndsWith("_bucket", StringComparison.Ordinal))
            {
                var of = Regex.Replace(sample.Groups["labels"].Value, ",?le=\"[^\"]*\"", "", RegexOptions.None, TimeSpan.FromSeconds(1)).Replace("{}", "", StringComparison.Ordinal);
                Assert.True(value >= buckets.GetValueOrDefault(family + of), $"not cumulative: {line}");
                buckets[family + of] = value;
            }
            else if (types[family] == "histogram" && name.EndsWith("_count", StringComparison.Ordinal))
            {
                Assert.Equal(buckets[family + sample.Groups["labels"].Value.Replace("{}", "", StringComparison.Ordinal)], value);
            }
            else if (types[family] == "counter")
            {
                Assert.True(value >= 0 && name.EndsWith("_total", StringComparison.Ordinal), line);
            }
        }
        Assert.Contains("ordercenter_order_steps_total{step=\"created\"} ", text, StringComparison.Ordinal);
        Assert.Contains("ordercenter_order_steps_total{step=\"paid\"} ", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_can_be_read_by_many_at_once()
    {
        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative))));
        Assert.All(texts, text => Assert.Contains("# TYPE ", text, StringComparison.Ordinal));
    }

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*)?\})? (?<value>[-+0-9.eE]+|NaN|[+-]?Inf)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SampleLine();
}
