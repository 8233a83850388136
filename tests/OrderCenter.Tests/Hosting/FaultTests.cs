using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Hosting;

/// <summary>A service whose log is read, and it counts how often its API is described.</summary>
public sealed class LoggedService : Service
{
    private int _described;

    public LogLines Log { get; } = new();

    public int Described => _described;

    protected override void Arrange(IServiceCollection services)
    {
        services.AddSingleton<ILoggerProvider>(Log);
        services.Configure<OpenApiOptions>("v1", api => api.AddDocumentTransformer((_, _, _) =>
        {
            Interlocked.Increment(ref _described);
            return Task.CompletedTask;
        }));
    }
}

public sealed class FaultTests(LoggedService service) : IClassFixture<LoggedService>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_trace_id_of_a_fault_is_told_in_the_protocols_shape_and_stands_in_the_log()
    {
        var game = await service.NewGameAsync();
        await WithoutOrdersAsync(async () =>
        {
            using var response = await Calls.SendAsync(service, game, null);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Now)).RootElement;
            Assert.Equal(3, json.GetProperty("resultCode").GetInt32());
            var traceId = json.GetProperty("resultMessage").GetString()!.Split(' ')[^1];
            Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", traceId);
            Assert.Contains("POST /ordercenter/createorder failed", Assert.Single(service.Log.All, line => line.Contains(traceId, StringComparison.Ordinal)), StringComparison.Ordinal);

            using var native = await service.SendAsync(HttpMethod.Post, "/api/v1/orders", OrderCenter.Tests.Api.Native.NewOrder(game.GameId));
            var problem = await OrderCenter.Tests.Api.Native.AssertProblemAsync(native, HttpStatusCode.InternalServerError);
            Assert.Single(service.Log.All, line => line.Contains(problem.GetProperty("traceId").GetString()!, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task The_description_is_made_once_however_many_ask()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => service.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Now)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, service.Described);
        var tag = answers[0].Headers.ETag;
        Assert.NotNull(tag);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(tag);
        again.Headers.Host = "evil.example";
        using var same = await service.Http.SendAsync(again, Now);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.DoesNotContain("evil.example", await service.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Now), StringComparison.Ordinal);
        Assert.Equal(1, service.Described);
    }

    [Fact]
    public async Task The_front_page_has_links_in_both_languages()
    {
        using var response = await service.Http.GetAsync(new Uri("/", UriKind.Relative), Now);
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        var html = await response.Content.ReadAsStringAsync(Now);
        Assert.Contains("lang=\"zh-CN\"", html, StringComparison.Ordinal);
        foreach (var link in System.Text.RegularExpressions.Regex.Matches(html, "href=\"(?<link>[^\"]+)\"", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Select(match => match.Groups["link"].Value).Distinct(StringComparer.Ordinal))
        {
            using var target = await service.Http.GetAsync(new Uri(link, UriKind.Relative), Now);
            Assert.True(target.IsSuccessStatusCode, link);
        }
    }

    /// <summary>A database from which a table is missing is a fault of ours.</summary>
    private async Task WithoutOrdersAsync(Func<Task> doAsync)
    {
        var store = service.Services.GetRequiredService<Database>();
        await store.WriteAsync(transaction => transaction.ExecuteAsync("ALTER TABLE orders RENAME TO orders_away"), Now);
        try
        {
            await doAsync();
        }
        finally
        {
            await store.WriteAsync(transaction => transaction.ExecuteAsync("ALTER TABLE orders_away RENAME TO orders"), Now);
        }
    }
}
