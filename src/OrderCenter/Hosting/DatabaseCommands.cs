using System.CommandLine;
using System.Data.Common;
using System.Security.Cryptography;
using OrderCenter.Domain;
using OrderCenter.Hosting.Operation;
using OrderCenter.Operators;
using OrderCenter.Operators.Audit;
using OrderCenter.Persistence;

namespace OrderCenter.Hosting;

/// <summary>The commands that work on the installation's database, whether the service runs or not: <c>operator add</c>,
/// <c>operator reset</c>, <c>audit verify</c>, <c>keys rotate</c>, <c>backup</c>, <c>check</c>. They take the service's settings from where
/// it takes them, and as <c>--Name:Of:Setting=value</c>.</summary>
internal static class DatabaseCommands
{
    private const string NoSetting = "it is neither an option nor a setting (--Name:Of:Setting=value)";

    /// <summary>What a command does.</summary>
    /// <returns>The exit code.</returns>
    internal delegate Task<int> Action(IServiceProvider services, CancellationToken cancellationToken);

    public static bool IsCommand(string[] args) => args is ["operator" or "audit" or "keys" or "backup" or "check", ..];

    /// <returns>The exit code: 0, or 1 where a fault was found or an argument is wrong.</returns>
    public static Task<int> RunAsync(string[] args) =>
        new RootCommand("OrderCenter")
        {
            Operators(), Audit(), KeyCommands.Create(), BookCommands.CreateBackup(), BookCommands.CreateCheck(),
        }.Parse(args).InvokeAsync();

    private static Command Operators()
    {
        var name = new Argument<string>("name") { Description = $"1 to {Operator.NameMax} letters, digits and . _ @ -" };
        var role = new Option<string>("--role") { Description = "What he may do", Required = true };
        role.AcceptOnlyFromAmong([.. RoleTexts.All.Texts]);
        var games = new Option<string?>("--games") { Description = "The games that he sees, as 1,2; left out: all" };
        var add = new Command("add", "Make an operator, and print his first password") { name, role, games };
        OnDatabase(add, parsed =>
        {
            var limit = GameLimit.None;
            if (parsed.GetValue(games) is { } text && !GameLimit.TryParse(text, out limit))
            {
                return Refuse($"--games '{text}': allowed: 1 to {GameLimit.GamesMax} numbers of games with commas between");
            }
            if (!Operator.IsName(parsed.GetValue(name)))
            {
                return Refuse($"'{parsed.GetValue(name)}' is no name; allowed: {name.Description}");
            }
            _ = RoleTexts.All.TryParse(parsed.GetValue(role), out var which);
            return async (services, cancellationToken) => Show(await services.GetRequiredService<OperatorAdministration>()
                .CreateAsync(parsed.GetValue(name)!, which, limit, GameLimit.None, cancellationToken));
        });
        var reset = new Command(
            "reset", "Give an operator a first password again, take his second factor away, unlock and enable him") { name };
        OnDatabase(reset, parsed => async (services, cancellationToken) => Show(
            await services.GetRequiredService<OperatorAdministration>().ChangeAsync(
                parsed.GetValue(name)!, new OperatorChange { ResetsPassword = true, ResetsSecondFactor = true, IsDisabled = false },
                GameLimit.None, cancellationToken)));
        return new Command("operator", "The people who sign in") { add, reset };
    }

    private static Command Audit()
    {
        var verify = new Command("verify", "Recompute the chain of the audit log; exit code 1 where it is broken");
        OnDatabase(verify, _ => async (services, cancellationToken) =>
        {
            var verdict = await services.GetRequiredService<AuditQueries>().VerifyAsync(cancellationToken);
            if (verdict.BrokenNumber is { } number)
            {
                await Console.Error.WriteLineAsync(
                    $"broken at entry {number}: {verdict.Fault}; {verdict.Entries} entries before it are intact");
                return 1;
            }
            Console.WriteLine($"intact: {verdict.Entries} entries");
            return 0;
        });
        return new Command("audit", "The audit log") { verify };
    }

    /// <summary>The password alone goes to the output, for scripts; what is to be known about it goes beside it.</summary>
    private static int Show(OperatorOutcome outcome)
    {
        switch (outcome)
        {
            case OperatorOutcome.Done { Operator: var one, Password: { } password }:
                Console.Error.WriteLine(
                    $"{one.Name}, {RoleTexts.All[one.Role]}, games {one.Games.Text ?? "all"}; the first password, to be changed at the "
                    + "first sign-in, is shown this once:");
                Console.WriteLine(password);
                return 0;
            case OperatorOutcome.NameTaken:
                Console.Error.WriteLine("there is an operator of this name; `operator reset NAME` gives a first password again");
                return 1;
            case OperatorOutcome.NotFound:
                Console.Error.WriteLine("there is no operator of this name");
                return 1;
            default:
                Console.Error.WriteLine("there are too many operators");
                return 1;
        }
    }

    /// <summary>Opens the database of the settings for a command.</summary>
    /// <param name="command">Gets its action.</param>
    /// <param name="prepare">Reads the arguments; null: one is wrong, and that was said.</param>
    /// <param name="how">How the database is opened; left out: beside the service.</param>
    internal static void OnDatabase(
        Command command, Func<ParseResult, Action?> prepare, Func<DatabaseOptions, DatabaseOptions>? how = null) =>
        OnSettings(
            command,
            parsed => prepare(parsed) is not { } action ? null
                : async (services, cancellationToken) =>
                {
                    await services.GetRequiredService<Database>().OpenAsync(cancellationToken);
                    AuditScope.Caller = new Caller(Environment.UserName, "command", RoleTexts.All[Role.Admin], Address: null);
                    return await action(services, cancellationToken);
                },
            needsMasterKey: true,
            how ?? (static options => options with { IsBesideService = true }));

    /// <summary>Composes the service by the settings for a command; nothing is opened or started. What the command does not know is a
    /// setting.</summary>
    internal static void OnSettings(
        Command command, Func<ParseResult, Action?> prepare, bool needsMasterKey, Func<DatabaseOptions, DatabaseOptions>? how = null)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith("--", StringComparison.Ordinal)) is { } unknown)
            {
                await Console.Error.WriteLineAsync($"'{unknown}': {NoSetting}");
                return 1;
            }
            if (prepare(parsed) is not { } action)
            {
                return 1;
            }
            string[] key = needsMasterKey ? [] : [$"--Secrets:MasterKey={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"];
            await using var app = Program.Build(
                [.. parsed.UnmatchedTokens, .. key, "--Logging:LogLevel:Default=Warning"], services => Open(services, how));
            if (app is null)
            {
                return 1;
            }
            try
            {
                return await action(app.Services, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("stopped");
                return 1;
            }
            catch (Exception fault) when (fault is DatabaseUnavailableException or DatabaseBusyException or DbException)
            {
                await Console.Error.WriteLineAsync(ConsoleLog.Escape(fault.Message));
                return 1;
            }
        });
    }

    private static void Open(IServiceCollection services, Func<DatabaseOptions, DatabaseOptions>? how)
    {
        if (how is not null)
        {
            var storage = (DatabaseOptions)services.Last(service => service.ServiceType == typeof(DatabaseOptions)).ImplementationInstance!;
            services.AddSingleton(how(storage));
        }
    }

    private static Action? Refuse(string fault)
    {
        Console.Error.WriteLine(fault);
        return null;
    }
}
