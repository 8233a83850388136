namespace OrderCenter.Bench;

/// <summary>The parts of <c>run.sh</c> and <c>all.sh</c> that a script and wrk cannot do; each is one command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["loop", var database, var seconds]:
                await PlainLoop.RunAsync(database, int.Parse(seconds));
                return 0;
            case ["rows", var database]:
                Console.WriteLine(PlainLoop.CountOrders(database));
                return 0;
            case ["kestrel"]:
                await BareKestrel.ServeAsync();
                return 0;
            case ["prepare", var url, var token, var directory]:
                await Requests.PrepareAsync(new Uri(url), token, directory);
                return 0;
            case ["bodies", var count, var prefix, var file]:
                Requests.WriteBodies(int.Parse(count), prefix, file);
                return 0;
            case ["verify", var url, var targets]:
                return await Requests.VerifyAsync(new Uri(url), targets);
            case ["receiver"]:
                await Receiver.ServeAsync();
                return 0;
            case ["postloop", var url, var connections, var seconds]:
                await PostLoop.RunAsync(new Uri(url), int.Parse(connections), double.Parse(seconds));
                return 0;
            case ["apps", var url, var token, var receiver, var first, var count, var path, var concurrency, var timeout]:
                using (var callbacks = new Callbacks(new Uri(url), token, new Uri(receiver)))
                {
                    await callbacks.PutAppsAsync(long.Parse(first), int.Parse(count), path, int.Parse(concurrency), int.Parse(timeout));
                }
                return 0;
            case ["drain", var url, var token, var receiver, var engine, var connectionString, var game, var count, var batch, .. var lead] when lead.Length <= 1:
                using (var callbacks = new Callbacks(new Uri(url), token, new Uri(receiver)))
                {
                    await callbacks.DrainAsync(engine, connectionString, long.Parse(game), int.Parse(count), batch, lead is [var ms] ? int.Parse(ms) : null);
                }
                return 0;
            case ["latency", var url, var token, var receiver, var first, var count, var rate, var seconds, .. var timed] when timed.Length <= 1:
                using (var callbacks = new Callbacks(new Uri(url), token, new Uri(receiver)))
                {
                    await callbacks.LatencyAsync(long.Parse(first), int.Parse(count), int.Parse(rate), int.Parse(seconds), timed is [var connectionString] ? connectionString : null);
                }
                return 0;
            case ["seed", var engine, var connectionString, var game, var url, var count, var dueInSeconds, var batch]:
                var dueMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + (long.Parse(dueInSeconds) * 1000);
                await Callbacks.SeedAsync(engine, connectionString, long.Parse(game), new Uri(url), int.Parse(count), dueMs, batch);
                return 0;
            case ["receipts", var key, var count, var file]:
                Receipts.Append(key, int.Parse(count), file);
                return 0;
            case ["valiorders", var url, var token, var callbackUrl, var game, var key, var receipts, var skip, var count, var file]:
                await Receipts.WriteBodiesAsync(new Uri(url), token, callbackUrl, long.Parse(game), key, File.ReadLines(receipts).Skip(int.Parse(skip)).Take(int.Parse(count)), file);
                return 0;
            case ["offer", var url, var body, var rate, var seconds]:
                await OpenLoop.RunAsync(new Uri(url), body, int.Parse(rate), double.Parse(seconds));
                return 0;
            case ["floodapps", var url, var token, var directory]:
                await Flood.PrepareAsync(new Uri(url), token, directory);
                return 0;
            case ["flood", var url, var body, var rate, var seconds]:
                await Flood.RunAsync(new Uri(url), body, int.Parse(rate), double.Parse(seconds));
                return 0;
            case ["report", var results, var facts, var output]:
                return Report.Write(results, facts, output);
            default:
                await Console.Error.WriteLineAsync("this program is started by bench/run.sh and bench/all.sh");
                return 2;
        }
    }
}
