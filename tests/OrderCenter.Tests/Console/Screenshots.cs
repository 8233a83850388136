using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Console;

/// <summary>Makes the pictures of docs/console.md from the demo. It is no test: docs/screenshots.sh runs it.</summary>
public sealed partial class Screenshots(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private const int BytesMax = 150_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string s_images = Path.Combine(Repository.Root, "docs", "images");
    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-pictures-").FullName;
    private Process _demo = null!;
    private HttpClient _http = null!;
    private string _password = "";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var start = ServerProcess.Command("demo", "--urls=http://127.0.0.1:0");
        start.Environment["ConnectionStrings__OrderCenter"] = $"Data Source={Path.Combine(_directory, "demo.db")}";
        start.WorkingDirectory = _directory;
        _demo = Process.Start(start)!;
        _demo.ErrorDataReceived += (_, _) => { };
        _demo.BeginErrorReadLine();
        var said = "";
        while (await _demo.StandardOutput.ReadLineAsync(Now) is { } line)
        {
            said += line + "\n";
            if (line.Contains("curl -s", StringComparison.Ordinal))
            {
                break;
            }
        }
        _ = _demo.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var match = Said().Match(said);
        Assert.True(match.Success, said);
        _http = new HttpClient { BaseAddress = new Uri(match.Groups["address"].Value) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", match.Groups["token"].Value);
        _password = match.Groups["password"].Value;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _demo.Kill(entireProcessTree: true);
        await _demo.WaitForExitAsync(CancellationToken.None);
        _demo.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Explicit = true)]
    public async Task Of_the_main_pages_in_English_and_some_in_Chinese()
    {
        using var person = new Person(_http.BaseAddress!) { Name = "demo-admin" };
        Assert.True((await person.SignInAsync(_password)).Status == System.Net.HttpStatusCode.OK);
        var held = await FindAsync("/orders?limit=200&state=review", _ => true);
        var failed = await FindAsync("/orders?limit=200&payState=paid&state=failed", order => order.GetProperty("callbacks").GetArrayLength() > 0);
        await FindAsync("/orders?limit=200&state=delivered", (_, count) => count > 25);
        await ShootAsync(
            person, Look.Desk, ("/", "work"), ("/endpoints", "endpoints"), ("/apps/9000000001", "app"), ("/orders", "orders"), ("/orders/" + failed, "order"), ("/orders/" + held, "order-held"), ("/callbacks", "callbacks"),
            ("/notifications", "notifications"), ("/audit", "audit"), ("/operators", "operators"), ("/alerts", "alerts"));
        await ShootAsync(person, Look.Phone, ("/orders/" + failed, "phone"));
        await ShootAsync(person, Look.Chinese, ("/", "work.zh-CN"), ("/orders", "orders.zh-CN"), ("/orders/" + failed, "order.zh-CN"), ("/orders/" + held, "order-held.zh-CN"));
    }

    private async Task ShootAsync(Person person, Look look, params (string Address, string Name)[] pages)
    {
        await using var visit = await Visit.BeginAsync(browser, _http.BaseAddress!, person, look);
        foreach (var (address, name) in pages)
        {
            await visit.GoAsync(address);
            if (address == "/")
            {
                await Assertions.Expect(visit.Page.Locator(".chart canvas").First).ToBeVisibleAsync();
            }
            var path = Path.Combine(s_images, $"console-{name}.png");
            await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
            Assert.InRange(new FileInfo(path).Length, 1, BytesMax);
        }
    }

    private Task<string> FindAsync(string address, Func<JsonElement, bool> isIt) => FindAsync(address, (order, _) => isIt(order));

    /// <summary>Waits until the demo has come to an order of some kind, and gives its number.</summary>
    private async Task<string> FindAsync(string address, Func<JsonElement, int, bool> isIt)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(Patience);
        while (true)
        {
            var page = await _http.GetFromJsonAsync<JsonElement>("/api/v1" + address, patience.Token);
            var items = page.GetProperty("items").EnumerateArray().ToList();
            var found = items.FirstOrDefault(item => isIt(item, items.Count));
            if (found.ValueKind == JsonValueKind.Object)
            {
                return found.GetProperty("orderId").GetString()!;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, patience.Token);
        }
    }

    [GeneratedRegex("address +(?<address>http://[^ ]+/).*Bearer token (?<token>\\S+).*demo-admin +(?<password>\\S+)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Said();
}
