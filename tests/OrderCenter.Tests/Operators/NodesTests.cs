using System.Diagnostics;
using System.Net;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>Processes: a session over a restart and on a second node, and the commands beside a service that runs.</summary>
public sealed class NodesTests
{
    [Fact]
    public async Task A_session_holds_over_a_restart_and_commands_work_while_the_service_runs()
    {
        using var database = new TestDatabase();
        using var person = new HttpPerson();
        await using (var first = await ServerProcess.StartAsync(database.Options))
        {
            // Made by the command, beside the service.
            var (added, password, _) = await CommandAsync(database, "operator", "add", "mei", "--role", "finance", "--games", "1,2");
            Assert.Equal(0, added);
            Assert.Equal(1, (await CommandAsync(database, "operator", "add", "MEI", "--role", "viewer")).ExitCode);
            Assert.Equal(1, (await CommandAsync(database, "operator", "add", "a b", "--role", "viewer")).ExitCode);
            Assert.Equal(1, (await CommandAsync(database, "operator", "add", "li", "--role", "viewer", "--games", "x")).ExitCode);
            Assert.NotEqual(0, (await CommandAsync(database, "operator", "add", "li", "--role", "root")).ExitCode);
            await person.SignInAsync(first, "mei", password.Trim());

            // Reset by the command: the session has ended.
            var (reset, again, _) = await CommandAsync(database, "operator", "reset", "mei");
            Assert.Equal(0, reset);
            Assert.Equal(HttpStatusCode.Unauthorized, await person.WhoAsync(first));
            await person.SignInAsync(first, "mei", again.Trim());
            Assert.Equal(HttpStatusCode.OK, await person.WhoAsync(first));
            Assert.Equal(0, (await CommandAsync(database, "audit", "verify")).ExitCode);
        }
        await using var second = await ServerProcess.StartAsync(database.Options);
        Assert.Equal(HttpStatusCode.OK, await person.WhoAsync(second));
        if (database.Engine == DatabaseOptions.Postgres)
        {
            await using var third = await ServerProcess.StartAsync(database.Options);
            Assert.Equal(HttpStatusCode.OK, await person.WhoAsync(third));
            Assert.Equal(HttpStatusCode.NoContent, await person.SignOutAsync(second));
            Assert.Equal(HttpStatusCode.Unauthorized, await person.WhoAsync(third));
        }
    }

    [Fact]
    public async Task Without_a_service_the_commands_make_the_database_and_find_a_broken_chain()
    {
        using var database = new TestDatabase();
        Assert.Equal(0, (await CommandAsync(database, "operator", "add", "li", "--role", "admin")).ExitCode);
        Assert.Equal(0, (await CommandAsync(database, "audit", "verify")).ExitCode);
        await using (var opened = new Database(database.Options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance))
        {
            await opened.OpenAsync(TestContext.Current.CancellationToken);
            await opened.WriteAsync(transaction => transaction.ExecuteAsync("UPDATE audit_entries SET actor = 'nobody' WHERE number = 1"), TestContext.Current.CancellationToken);
        }
        var (exit, _, error) = await CommandAsync(database, "audit", "verify");
        Assert.Equal(1, exit);
        Assert.Contains("broken at entry 1", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> CommandAsync(TestDatabase database, params string[] command)
    {
        var start = ServerProcess.Command([.. command, .. database.Arguments]);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Secrets__MasterKey"] = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, output[0], output[1]);
    }

    /// <summary>One session, sent to whichever node.</summary>
    private sealed class HttpPerson : IDisposable
    {
        private Person? _person;

        public async Task SignInAsync(ServerProcess node, string name, string password)
        {
            _person?.Dispose();
            _person = new Person(node.Http.BaseAddress!) { Name = name };
            var (status, json) = await _person.SignInAsync(password);
            Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        }

        public async Task<HttpStatusCode> WhoAsync(ServerProcess node) => await CallAsync(node, HttpMethod.Get);

        public async Task<HttpStatusCode> SignOutAsync(ServerProcess node) => await CallAsync(node, HttpMethod.Delete);

        public void Dispose() => _person?.Dispose();

        private async Task<HttpStatusCode> CallAsync(ServerProcess node, HttpMethod method)
        {
            using var same = new Person(node.Http.BaseAddress!) { Cookie = _person!.Cookie, Csrf = _person.Csrf };
            return (await same.CallAsync(method, "/session")).Status;
        }
    }
}
