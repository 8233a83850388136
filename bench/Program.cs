namespace OrderCenter.Bench;

/// <summary>The parts of <c>run.sh</c> that bash and wrk cannot do; each is one command.</summary>
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
            case ["report", var results, var facts, var output]:
                return Report.Write(results, facts, output);
            default:
                await Console.Error.WriteLineAsync("this program is started by bench/run.sh");
                return 2;
        }
    }
}
