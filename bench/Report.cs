using System.Globalization;
using System.Text;

namespace OrderCenter.Bench;

/// <summary>Writes what a run measured as Markdown: the machine, the medians beside the aims, every number, how it was measured.</summary>
internal static class Report
{
    private const double CreateAim = 2.5;
    private const double QueryAim = 0.5;
    private const double MemoryMbAim = 150;

    /// <summary>From here on, in cores, other work on the machine is told at the report's head.</summary>
    private const double OthersMax = 0.25;

    /// <summary>One line of the results: what wrk or the loop measured in one round.</summary>
    private sealed record Measurement(string Name, int Connections, int Round, double PerSecond, string P50Ms, string P99Ms, string Cores, double Others);

    /// <summary>A median over all rounds, and over those in which the machine was ours alone.</summary>
    private readonly record struct Level(double All, double Quiet);

    /// <returns>0: all aims are met and nothing was answered wrongly.</returns>
    public static int Write(string results, string facts, string output)
    {
        var measured = File.ReadLines(results).Select(Parse).ToList();
        var known = File.ReadLines(facts).Select(line => line.Split('\t', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Level Median(string name, int connections)
        {
            var all = measured.Where(one => one.Name == name && one.Connections == connections).ToList();
            return new Level(Middle(all), Middle(all.Where(one => one.Others <= OthersMax)));
        }
        double Mb(string fact) => double.Parse(known[fact], CultureInfo.InvariantCulture) / 1024;

        var loop = Median("plain-loop", 1);
        var form = Median("kestrel-form", 64);
        var query = Median("kestrel-query", 64);
        var aims = new (string What, Level Value, Level Of, string Limit, double? Aim)[]
        {
            ("createorder, 64 connections", Median("createorder", 64), loop, "plain SQLite loop", CreateAim),
            ("createorder with orderID, 64", Median("createorder-unique", 64), loop, "plain SQLite loop", null),
            ("createorder, 256", Median("createorder", 256), loop, "plain SQLite loop", null),
            ("createorder, 64", Median("createorder", 64), form, "bare Kestrel, same form", null),
            ("queryorder, 64 connections", Median("queryorder", 64), query, "bare Kestrel, same query", QueryAim),
            ("queryorder, 64", Median("queryorder", 64), form, "bare Kestrel, 15-field form", null),
            ("queryorder, 256", Median("queryorder", 256), Median("kestrel-query", 256), "bare Kestrel, same query, 256", null),
        };
        var peakMb = Mb("memory_peak_kb");
        var isGood = known["faults"].Length == 0 && peakMb < MemoryMbAim && aims.All(aim => aim.Aim is null || aim.Value.All / aim.Of.All >= aim.Aim);

        var text = new StringBuilder();
        text.Append($"# Embedded service beside its limits, {known["date"]}\n\n");
        text.Append(known["faults"].Length == 0 ? "Every answer was right.\n\n" : $"**Wrong answers: {known["faults"]}**\n\n");
        if (measured.Count(one => one.Others > OthersMax) is > 0 and var disturbed)
        {
            text.Append($"**The machine was not ours alone**: in {disturbed} of {measured.Count} measurements other work took more than {OthersMax} cores (last column of the numbers).\n\n");
        }
        if (known["again"] != "0")
        {
            text.Append($"Measurements thrown away, whatever they showed, and made again once because other work took more than {OthersMax} cores meanwhile: {known["again"]}.\n\n");
        }
        text.Append("| what | median | limit | median | ratio | in quiet rounds | aim | |\n|---|---:|---|---:|---:|---:|---:|---|\n");
        foreach (var (what, value, of, limit, aim) in aims)
        {
            var ratio = value.All / of.All;
            var quiet = double.IsNaN(value.Quiet) || double.IsNaN(of.Quiet) ? "none" : $"{value.Quiet:N0} : {of.Quiet:N0} = {value.Quiet / of.Quiet:F2}";
            text.Append($"| {what} | {value.All:N0}/s | {limit} | {of.All:N0}/s | {ratio:F2} | {quiet} | {(aim is null ? "" : $"≥ {aim:0.0}")} | {Verdict(aim is null ? null : ratio >= aim)} |\n");
        }
        text.Append($"| memory, peak RSS at 64 connections | {peakMb:F0} MB | | | | | < {MemoryMbAim} MB | {Verdict(peakMb < MemoryMbAim)} |\n\n");
        text.Append($"Memory: {Mb("memory_start_kb"):F0} MB after start, {Mb("memory_rss_kb"):F0} MB after the load at 64 connections (peak {peakMb:F0} MB), ");
        text.Append($"peak {Mb("memory_peak_256_kb"):F0} MB after the load at 256. {long.Parse(known["orders"]):N0} orders were in the database at the end.\n\n");
        AppendMachine(text, known);
        AppendNumbers(text, measured);
        text.Append(How);
        File.WriteAllText(output, text.ToString());
        Console.WriteLine(text);
        return isGood ? 0 : 1;
    }

    private static Measurement Parse(string line) =>
        line.Split('\t') is [var name, var connections, var round, var perSecond, var p50, var p99, var cores, var others, ..]
            ? new Measurement(name, int.Parse(connections), int.Parse(round), double.Parse(perSecond, CultureInfo.InvariantCulture), p50, p99, cores, double.Parse(others, CultureInfo.InvariantCulture))
            : throw new FormatException($"not a result: {line}");

    /// <summary>The median; NaN of nothing.</summary>
    private static double Middle(IEnumerable<Measurement> measurements)
    {
        var sorted = measurements.Select(one => one.PerSecond).Order().ToList();
        var half = sorted.Count / 2;
        return sorted.Count == 0 ? double.NaN : sorted.Count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static string Verdict(bool? isMet) => isMet switch { null => "", true => "met", false => "**missed**" };

    private static void AppendMachine(StringBuilder text, Dictionary<string, string> known)
    {
        text.Append("## Machine\n\n");
        foreach (var name in (string[])["cores", "memory", "kernel", "disk", "dotnet", "sqlite", "wrk", "commit", "command"])
        {
            text.Append($"- {name}: {known[name]}\n");
        }
        text.Append('\n');
    }

    private static void AppendNumbers(StringBuilder text, List<Measurement> measured)
    {
        text.Append("## Every number\n\nPer second in each round; times are the median round's, in milliseconds; cores: what the server process used of them in the median round; others: what everything but server and load generator used, by round.\n\n");
        text.Append("| what | connections | rounds | median | p50 | p99 | cores | others |\n|---|---:|---|---:|---:|---:|---:|---|\n");
        foreach (var group in measured.GroupBy(one => (one.Name, one.Connections)))
        {
            var sorted = group.OrderBy(one => one.PerSecond).ToList();
            var median = sorted[sorted.Count / 2];
            var rounds = string.Join(", ", group.OrderBy(one => one.Round).Select(one => one.PerSecond.ToString("N0")));
            var others = string.Join(", ", group.OrderBy(one => one.Round).Select(one => one.Others.ToString("F2", CultureInfo.InvariantCulture)));
            text.Append($"| {group.Key.Name} | {group.Key.Connections} | {rounds} | {Middle(group):N0} | {median.P50Ms} | {median.P99Ms} | {median.Cores} | {others} |\n");
        }
        text.Append('\n');
    }

    private const string How =
        """
        ## How it was measured

        `bench/run.sh` starts the service (SQLite file on a disk, WAL, `synchronous=FULL`, log level Warning) and a bare Kestrel, warms both up, and then measures
        in rounds, one thing at a time, each round all of them, so that other work on the machine meets all alike. Everything is on 127.0.0.1; the load generator
        shares the cores with the server. The median over the rounds counts. Before each measurement `run.sh` waits, within bounds,
        until other work leaves the machine alone, and makes a measurement again, once, when other work came in between; what is still disturbed counts, and
        is left out only of the column "in quiet rounds".

        - plain-loop: one thread inserts the service's own row one by one: its schema as its own migration makes it, its statement and columns, a prepared
          command, each row its own commit; the same SQLite library and pragmas.
        - kestrel-form, kestrel-query: Kestrel without middleware; `ReadFormAsync` or `Request.Query`, MD5 over the sorted parameters, a small JSON.
        - createorder: one signed form of 15 fields without an order number, so that every request makes an order. The rows added must equal the answers, but
          for those under way when wrk stopped.
        - createorder-unique: each form has an `orderID` of its own (signed ahead), which makes a second row in a second table.
        - queryorder: signed queries for 10,000 orders in turn; before and after the load all 10,000 are asked for and every answer is compared.
        - memory: `VmHWM` of the service after all rounds at 64 connections.

        """;
}
