using System.CommandLine;

namespace OrderCenter.Hosting;

/// <summary><c>ordercenter ready</c>: asks a running service whether it is ready, for images without a shell, whose health check must be a
/// program. Exit code 0: it is; 1: it is not, and one line on standard error says why.</summary>
internal static class ReadyCommand
{
    private const string HealthPath = "/healthz/ready";
    private const string UnsetAddress = "http://127.0.0.1:5080";
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    public static bool IsCommand(string[] args) => args is ["ready", ..];

    public static Task<int> RunAsync(string[] args)
    {
        var address = new Argument<string?>("url")
        {
            Description = $"Where the service listens; left out: the first of ASPNETCORE_URLS, or {UnsetAddress}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("ready", "Ask a running service whether it is ready; exit code 1 where it is not") { address };
        command.SetAction((parsed, cancellationToken) => AskAsync(parsed.GetValue(address) ?? OwnAddress(), cancellationToken));
        return new RootCommand("OrderCenter") { command }.Parse(args).InvokeAsync();
    }

    /// <summary>The address at which the service of the same environment listens, as this machine can call it.</summary>
    internal static string OwnAddress()
    {
        var all = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "";
        var first = all.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? UnsetAddress;
        return ServerAddress.ToLocal(
            first.Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal));
    }

    private static async Task<int> AskAsync(string address, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync($"'{address}' is not an address; allowed: an absolute http or https URL");
            return 1;
        }
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = TimeMax };
        try
        {
            using var response = await http.GetAsync(new Uri(url, HealthPath), cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return 0;
            }
            var reason = await response.Content.ReadAsStringAsync(cancellationToken);
            await Console.Error.WriteLineAsync(ConsoleLog.Escape($"not ready: {reason.Trim()}"));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(ConsoleLog.Escape($"{url} does not answer: {fault.Message}"));
        }
        return 1;
    }
}
