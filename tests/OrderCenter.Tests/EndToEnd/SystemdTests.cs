using System.Net.Sockets;
using System.Text;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.EndToEnd;

/// <summary>What a service manager and a health check see of the process.</summary>
public sealed class SystemdTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("ordercenter-notify-").FullName;
    private readonly TestDatabase _database = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_manager_is_told_when_the_service_listens_and_when_it_stops()
    {
        var path = Path.Combine(_directory, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        await using var server = await ServerProcess.StartAsync(_database.Options, ("NOTIFY_SOCKET", path));
        Assert.Equal("READY=1", await ReceiveAsync(manager));
        await server.StopAsync();
        Assert.Equal("STOPPING=1", await ReceiveAsync(manager));
    }

    [Fact]
    public async Task The_command_ready_says_whether_a_service_is()
    {
        await using (var server = await ServerProcess.StartAsync(_database.Options))
        {
            var address = server.Http.BaseAddress!.ToString();
            Assert.Equal((0, ""), await ServerProcess.RunAsync(["ready", address]));
            Assert.Equal((0, ""), await ServerProcess.RunAsync(["ready"], ("ASPNETCORE_URLS", address.Replace("127.0.0.1", "0.0.0.0", StringComparison.Ordinal) + ";http://[::1]:1")));
        }
        var (code, output) = await ServerProcess.RunAsync(["ready", "http://127.0.0.1:1"]);
        Assert.Equal(1, code);
        Assert.Contains("http://127.0.0.1:1/ does not answer: ", output, StringComparison.Ordinal);
        (code, output) = await ServerProcess.RunAsync(["ready", "nonsense"]);
        Assert.Equal(1, code);
        Assert.Contains("'nonsense' is not an address; allowed: an absolute http or https URL", output, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(Socket manager)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(Patience);
        var buffer = new byte[256];
        var length = await manager.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }
}
