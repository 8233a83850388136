using System.CommandLine;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;

namespace OrderCenter.Hosting.Operation;

/// <summary><c>keys status</c> and <c>keys rotate</c>: what is sealed under which master key, and sealing it anew under the present
/// one.</summary>
internal static class KeyCommands
{
    public static Command Create()
    {
        var status = new Command("status", "Count what is sealed under which master key; exit code 1 where it is not only the present one");
        DatabaseCommands.OnDatabase(
            status,
            _ => async (services, cancellationToken) =>
                Show(await Rotation(services).CountAsync(Progress(services), cancellationToken), services),
            options => options with { IsReadOnly = true });
        var rotate = new Command(
            "rotate",
            "Seal all that is sealed under a key of Secrets:OldMasterKeys anew under Secrets:MasterKey; it may be stopped and run again");
        DatabaseCommands.OnDatabase(rotate, _ => RotateAsync);
        return new Command("keys", "The master key") { status, rotate };
    }

    private static async Task<int> RotateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var vault = services.GetRequiredService<Vault>();
        var nodes = services.GetRequiredService<NodeKeys>();
        var lacking = (await nodes.ListAsync(cancellationToken)).Where(node => !node.OpensPresent).ToList();
        if (lacking.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"nothing was done: {string.Join(", ", lacking.Select(node => node.Node))} runs without key {vault.KeyId}; give it to "
                + "every node in Secrets:OldMasterKeys or as Secrets:MasterKey first (a node that was killed counts for three minutes)");
            return 1;
        }
        var report = await Rotation(services).RotateAsync(Progress(services), cancellationToken);
        Console.WriteLine($"{report.Resealed} texts were sealed anew");
        var code = Show(report, services);
        var behind = (await nodes.ListAsync(cancellationToken)).Where(node => node.MasterKeyId != vault.KeyId).ToList();
        foreach (var node in behind)
        {
            Console.WriteLine(
                $"{node.Node} still seals under key {node.MasterKeyId}: start it with {vault.KeyId} as Secrets:MasterKey, and run this "
                + "again");
        }
        return behind.Count > 0 ? 1 : code;
    }

    private static KeyRotation Rotation(IServiceProvider services) => services.GetRequiredService<KeyRotation>();

    private static Action<string, long> Progress(IServiceProvider services) =>
        new ProgressLines(services.GetRequiredService<TimeProvider>()).Show;

    /// <summary>A line for each key, and what to do about it.</summary>
    /// <returns>The exit code.</returns>
    private static int Show(KeyReport report, IServiceProvider services)
    {
        var vault = services.GetRequiredService<Vault>();
        Console.WriteLine($"key {vault.KeyId} (Secrets:MasterKey): {TextsOf(report, vault.KeyId)}");
        foreach (var old in vault.OldKeyIds)
        {
            Console.WriteLine(
                $"key {old} (Secrets:OldMasterKeys): {TextsOf(report, old)}"
                + (report.CountOf(old) > 0
                    ? "; run `ordercenter keys rotate` with the same keys again"
                    : $"; it can be taken out of Secrets:OldMasterKeys once every node runs with {vault.KeyId} as Secrets:MasterKey"));
        }
        string[] given = [vault.KeyId, .. vault.OldKeyIds];
        foreach (var keyId in report.Counts.Keys.Select(count => count.KeyId).Except(given, StringComparer.Ordinal))
        {
            Console.WriteLine($"key {keyId} (not given): {TextsOf(report, keyId)}; give it in Secrets:OldMasterKeys");
        }
        foreach (var fault in report.Faults)
        {
            Console.Error.WriteLine(ConsoleLog.Escape(fault));
        }
        if (report.Unreadable > report.Faults.Count)
        {
            Console.Error.WriteLine($"and {report.Unreadable - report.Faults.Count} more that cannot be read");
        }
        if (report.Missed > 0)
        {
            Console.Error.WriteLine(
                $"{report.Missed} were changed by others meanwhile, or are cards that are here under the present key too; run it again");
        }
        return report.Unreadable == 0 && report.Counts.Keys.All(count => count.KeyId == vault.KeyId) ? 0 : 1;
    }

    private static string TextsOf(KeyReport report, string keyId)
    {
        var columns = report.Counts.Where(count => count.Key.KeyId == keyId).OrderBy(count => count.Key.Column, StringComparer.Ordinal)
            .Select(count => $"{count.Key.Column} {count.Value}").ToList();
        return columns.Count == 0 ? "no text" : $"{report.CountOf(keyId)} texts ({string.Join(", ", columns)})";
    }
}
