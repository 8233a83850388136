using System.CommandLine;
using System.Security.Cryptography;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Administration;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Hosting;

/// <summary>The commands for people (contract.md, "Command line") that need no running service: <c>sign</c> and <c>probe</c>.</summary>
internal static class Commands
{
    public static bool IsCommand(string[] args) => args is ["sign" or "probe", ..];

    /// <returns>The exit code: 0, or 1 where a fault was found or an argument is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // The protocols as the service puts them together; nothing is opened or started.
        await using var services = Program.Build(
            ["--environment=Development", $"--Secrets:MasterKey={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"],
            arrange: null);
        if (services is null)
        {
            return 1;
        }
        var protocols = services.Services.GetServices<ICallbackProtocol>().ToDictionary(protocol => protocol.Name, StringComparer.Ordinal);
        var protocol = new Option<string>("--protocol") { Description = "The wire family", Required = true };
        protocol.AcceptOnlyFromAmong([.. protocols.Keys]);
        var secret = new Option<string>("--secret") { Description = "The app's secret", Required = true };
        var root = new RootCommand("OrderCenter") { Sign(protocols, protocol, secret), Probe(protocols, protocol, secret) };
        return await root.Parse(args).InvokeAsync();
    }

    private static Command Sign(Dictionary<string, ICallbackProtocol> protocols, Option<string> protocol, Option<string> secret)
    {
        var explain = new Option<bool>("--explain") { Description = "Show the text that is hashed, with the secret masked" };
        var against = new Option<string?>("--against")
        {
            Description = "A text that somebody else hashed, without the secret: show where it first differs",
        };
        var fields = new Argument<string[]>("fields") { Description = "name=value, decoded", Arity = ArgumentArity.OneOrMore };
        var command = new Command("sign", "Sign fields by a protocol's rule") { protocol, secret, explain, against, fields };
        command.SetAction(parsed =>
        {
            var pairs = new List<KeyValuePair<string, string>>();
            foreach (var field in parsed.GetValue(fields)!)
            {
                if (field.Split('=', 2) is not [{ Length: > 0 } name, var value])
                {
                    Console.Error.WriteLine($"'{field}' is not a field; allowed: name=value");
                    return 1;
                }
                pairs.Add(new KeyValuePair<string, string>(name, value));
            }
            if (protocols[parsed.GetValue(protocol)!].Explain(pairs, new Secret(parsed.GetValue(secret)!)) is not { } explanation)
            {
                Console.Error.WriteLine("this protocol signs no fields; its callbacks carry the Standard Webhooks headers");
                return 1;
            }
            if (parsed.GetValue(explain))
            {
                Console.WriteLine($"rule    {explanation.Rule}");
                Console.WriteLine($"hashed  {explanation.Canonical}***");
            }
            Console.WriteLine(parsed.GetValue(explain) ? $"sign    {explanation.Sign}" : explanation.Sign);
            if (parsed.GetValue(against) is { } theirs)
            {
                return ShowDifference(explanation, theirs);
            }
            return 0;
        });
        return command;
    }

    private static int ShowDifference(SignExplanation explanation, string theirs)
    {
        if (explanation.FirstDifference(theirs) is not { } at)
        {
            Console.WriteLine("theirs  is the same text");
            return 0;
        }
        static string Around(string text, int at) =>
            at >= text.Length ? "(the end)" : $"'{text.AsSpan(at, Math.Min(24, text.Length - at))}'";
        Console.WriteLine(
            $"theirs  differs first at character {at + 1}: "
            + $"ours goes on with {Around(explanation.Canonical, at)}, theirs with {Around(theirs, at)}");
        return 1;
    }

    private static Command Probe(Dictionary<string, ICallbackProtocol> protocols, Option<string> protocol, Option<string> secret)
    {
        var url = new Argument<string>("url") { Description = "The endpoint that receives callbacks" };
        var command = new Command("probe", "Try a game's callback endpoint and say what it does wrong") { url, protocol, secret };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            {
                await Console.Error.WriteLineAsync($"'{parsed.GetValue(url)}' is not an address; allowed: an absolute http or https URL");
                return 1;
            }
            var findings = await new Probe(protocols[parsed.GetValue(protocol)!], ChannelNumbers.NameOf(1), TimeProvider.System)
                .RunAsync(target, new Secret(parsed.GetValue(secret)!), cancellationToken);
            foreach (var finding in findings)
            {
                var verdict = finding.Verdict switch { ProbeVerdict.Good => "good  ", ProbeVerdict.Advice => "advice", _ => "WRONG " };
                Console.WriteLine($"{verdict}  {finding.Trial}: {finding.Explanation}");
            }
            return findings.Any(finding => finding.Verdict == ProbeVerdict.Wrong) ? 1 : 0;
        });
        return command;
    }
}
