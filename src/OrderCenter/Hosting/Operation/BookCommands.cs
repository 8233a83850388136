using System.CommandLine;
using OrderCenter.Books;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Sqlite;

namespace OrderCenter.Hosting.Operation;

/// <summary><c>backup</c> and <c>check</c>: a copy of a SQLite database, and whether the books of a database agree. Both only read, and
/// the service may run.</summary>
internal static class BookCommands
{
    public static Command CreateBackup()
    {
        var file = new Argument<string>("file") { Description = "The file to make; it must not exist" };
        var backup = new Command("backup", "Copy a SQLite database as it is at one moment, while the service runs") { file };
        DatabaseCommands.OnSettings(
            backup,
            parsed => async (services, cancellationToken) =>
            {
                var storage = services.GetRequiredService<DatabaseOptions>();
                if (storage.Engine != DatabaseOptions.Sqlite)
                {
                    await Console.Error.WriteLineAsync(
                        $"Storage:Engine is {storage.Engine}: back it up by PostgreSQL's own means (docs/scaling.md, \"Backup\")");
                    return 1;
                }
                var path = parsed.GetValue(file)!;
                var length = await SqliteBackup.MakeAsync(storage, path, cancellationToken);
                Console.WriteLine($"{path}: {length} bytes");
                return 0;
            },
            needsMasterKey: false);
        return backup;
    }

    public static Command CreateCheck()
    {
        var check = new Command(
            "check",
            "Check that the books agree: orders, payments, callbacks, points, cards, change feed, audit log; exit code 1 where not");
        DatabaseCommands.OnDatabase(
            check,
            _ => async (services, cancellationToken) =>
            {
                var progress = new ProgressLines(services.GetRequiredService<TimeProvider>());
                var report = await services.GetRequiredService<BooksVerifier>().RunAsync(
                    progress.Show, (name, fault) => Console.WriteLine(ConsoleLog.Escape($"{name}: {fault}")), cancellationToken);
                foreach (var (name, count) in report.Counts)
                {
                    await Console.Error.WriteLineAsync($"{name}: {count} checked");
                }
                await Console.Error.WriteLineAsync(report.Faults == 0 ? "the books agree" : $"{report.Faults} faults");
                return report.Faults == 0 ? 0 : 1;
            },
            options => options with { IsReadOnly = true });
        return check;
    }
}
