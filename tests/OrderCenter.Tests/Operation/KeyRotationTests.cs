using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Hosting.Operation;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Keys;
using OrderCenter.Persistence.Schema;
using OrderCenter.Persistence.Tables;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operation;

/// <summary>Sealing anew under another master key: everything, in steps that may be stopped, and a card is here once all the while.</summary>
public sealed partial class KeyRotationTests(Service service) : IClassFixture<Service>
{
    private static readonly byte[] s_old = "01234567890123456789012345678901"u8.ToArray();
    private static readonly byte[] s_new = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Database Store => service.Services.GetRequiredService<Database>();

    [Fact]
    public async Task Everything_is_sealed_anew_and_the_old_key_can_go()
    {
        // A service of its own: afterwards its key opens nothing.
        await using var own = new Service();
        await own.InitializeAsync();
        var everything = await EverythingSealed.MakeAsync(own);
        var database = own.Services.GetRequiredService<Database>();
        using var both = new Vault(s_new, [s_old]);
        using var alone = new Vault(s_new);
        var oldId = Assert.Single(both.OldKeyIds);
        Assert.Contains(await EverythingSealed.ValuesAsync(database), value => value.Value.Contains(oldId, StringComparison.Ordinal));

        // Counted before: each column that is declared has a text.
        var before = await Rotation(database, both).CountAsync((_, _) => { }, Now);
        Assert.Equal(0, before.Unreadable);
        Assert.Equal(
            OperationRegistration.SealedColumns.Select(column => column.ToString()).Order(StringComparer.Ordinal),
            before.Counts.Keys.Select(count => count.Column).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(before.Counts.Keys, count => Assert.Equal(oldId, count.KeyId));

        var report = await Rotation(database, both).RotateAsync((_, _) => { }, Now);
        Assert.Equal((before.CountOf(oldId), 0L, 0L), (report.Resealed, report.Unreadable, report.Missed));
        Assert.Equal((0L, before.CountOf(oldId)), (report.CountOf(oldId), report.CountOf(both.KeyId)));

        // Nothing names the old key, in whatever column, but what the running node says of itself; the texts open with the new one alone, in their places.
        var values = await EverythingSealed.ValuesAsync(database);
        Assert.DoesNotContain(values, value => value.Table != "node_keys" && value.Value.Contains(oldId, StringComparison.Ordinal));
        Assert.Contains(values, value => value.Value == EverythingSealed.LooksSealed);
        using var other = new Vault([.. s_new.Reverse()], [s_new]);
        var opened = await Rotation(database, other).CountAsync((_, _) => { }, Now);
        Assert.Equal((0L, before.CountOf(oldId)), (opened.Unreadable, opened.CountOf(alone.KeyId)));
        var order = await database.ReadAsync(transaction => OrderTable.FindAsync(transaction, OrderId.FromStore(everything.PaidOrder)), Now);
        Assert.Equal(EverythingSealed.CardNumber, Assert.Single(OrderCards.Open(alone, order!.Order)).No);

        // Again: nothing is left to do. Who did it is in the audit log only where a person did.
        Assert.Equal(0, (await Rotation(database, both).RotateAsync((_, _) => { }, Now)).Resealed);
    }

    [Fact]
    public async Task A_rotation_that_was_stopped_goes_on_where_it_is_run_again()
    {
        var product = await StockAsync("stopped", 700);
        using var both = new Vault(s_new, [s_old]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Now);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Rotation(Store, both).RotateAsync(
            (column, rows) =>
            {
                if (column == "cards.sealed" && rows > 0)
                {
                    stop.Cancel();
                }
            },
            stop.Token));
        var half = await Rotation(Store, both).CountAsync((_, _) => { }, Now);
        Assert.InRange(half.CountOf(both.KeyId), 1, long.MaxValue);
        Assert.InRange(half.CountOf(both.OldKeyIds[0]), 1, long.MaxValue);

        Assert.Equal(0, (await Rotation(Store, both).RotateAsync((_, _) => { }, Now)).CountOf(both.OldKeyIds[0]));
        Assert.Equal(700, (await Inventory(both).StockAsync(product, Now)).InStock);
        await BackAsync();
    }

    [Fact]
    public async Task A_card_is_here_once_whichever_key_it_came_in_under()
    {
        var product = await StockAsync("once", 10);
        using var swapped = new Vault(s_new, [s_old]);
        using var prepared = new Vault(s_old, [s_new]);
        using var alone = new Vault(s_new);
        var known = await Inventory(swapped).ImportAsync(product, Cards("once", 10), Now);
        Assert.Equal((0, 10), (known.Imported, known.Repeated.Count));
        Assert.All(known.Repeated, card => Assert.Equal(product.ProductId, card.ProductId));
        Assert.Equal(1, (await Inventory(swapped).ImportAsync(product, Cards("new", 1), Now)).Imported);
        Assert.Equal(0, (await Inventory(prepared).ImportAsync(product, Cards("new", 1), Now)).Imported);

        // Nodes of both kinds at once, while cards get their new keys.
        await using var otherNode = Store.IsShared ? new Database(service.Services.GetRequiredService<DatabaseOptions>(), service.Clock, NullLoggerFactory.Instance) : null;
        await (otherNode?.OpenAsync(Now) ?? Task.CompletedTask);
        var rotating = Rotation(Store, swapped).RotateAsync((_, _) => { }, Now);
        var imports = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => 
            (i % 2 == 0 ? Inventory(swapped) : new CardInventory(otherNode ?? Store, prepared, TimeProvider.System)).ImportAsync(
            product, [.. i % 3 == 0 ? Cards("race", 30).AsEnumerable().Reverse() : Cards("race", 30)], Now))));
        await rotating;
        Assert.Equal(30, imports.Sum(import => import.Imported));

        // Cards that a node with the old key sealed meanwhile are found by the next run; then the new key alone knows every card.
        await Rotation(Store, swapped).RotateAsync((_, _) => { }, Now);
        Assert.Equal(41, (await Inventory(alone).StockAsync(product, Now)).InStock);
        Assert.Equal(0, (await Inventory(alone).ImportAsync(product, [.. Cards("once", 10), .. Cards("new", 1), .. Cards("race", 30)], Now)).Imported);
        await BackAsync();
    }

    [Fact]
    public async Task A_wrong_key_is_told_with_what_to_do()
    {
        await StockAsync("wrong", 3);
        using var wrong = new Vault(new byte[Vault.KeyBytes], [s_new]);
        using var old = new Vault(s_old);
        var report = await Rotation(Store, wrong).RotateAsync((_, _) => { }, Now);
        Assert.True(report.Unreadable > 0 && report.Resealed == 0);
        Assert.Equal(report.Unreadable, report.CountOf(old.KeyId));
        Assert.All(report.Faults, fault =>
        {
            Assert.Contains($"was encrypted with key {old.KeyId}, Secrets:MasterKey is key {wrong.KeyId}", fault, StringComparison.Ordinal);
            Assert.Contains("Secrets:OldMasterKeys", fault, StringComparison.Ordinal);
        });
        Assert.Equal(0, (await Rotation(Store, old).CountAsync((_, _) => { }, Now)).Unreadable);
    }

    /// <summary>A text that nobody seals anew would be lost with the old key.</summary>
    [Fact]
    public void Whoever_seals_what_is_stored_has_his_column_in_the_list()
    {
        var sources = Path.Combine(Repository.Root, "src", "OrderCenter");
        var list = File.ReadAllText(Path.Combine(sources, "Hosting", "Operation", "OperationRegistration.cs"));
        var sealers = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => VaultSeals().IsMatch(File.ReadAllText(file))).Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Except(["SealedColumn", "VaultDataProtection"], StringComparer.Ordinal).ToList(); // The second one seals cookies.
        Assert.Contains("AppTable", sealers);
        Assert.All(sealers, sealer => Assert.Contains($"{sealer}.SealedColumn", list, StringComparison.Ordinal));

        // The schema says the same by the names of columns.
        var columns = Migrations.All.SelectMany(step => step.Statements).SelectMany(statement => SealedNames().Matches(statement).Select(
            match => $"{Regex.Match(statement, @"CREATE TABLE (\w+)").Groups[1].Value}.{match.Groups["name"].Value}")).ToList();
        Assert.Contains("cards.sealed", columns);
        Assert.Empty(columns.Except(OperationRegistration.SealedColumns.Select(column => column.ToString()), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("v1.00112233.QUJD", "00112233")]
    [InlineData("v1.0011223.QUJD", null)]
    [InlineData("v1.0011223G.QUJD", null)]
    [InlineData("v2.00112233.QUJD", null)]
    [InlineData("v1.00112233", null)]
    [InlineData("", null)]
    public void A_sealed_text_names_its_key(string text, string? keyId) => Assert.Equal(keyId, Vault.KeyIdOf(text));

    [Fact]
    public void A_vault_opens_what_old_keys_sealed_and_seals_under_one()
    {
        using var old = new Vault(s_old);
        using var both = new Vault(s_new, [s_old, s_old, s_new]);
        Assert.Equal([old.KeyId], both.OldKeyIds);
        Assert.Equal("text", both.Open(old.Seal("text", "place"), "place"));
        Assert.Equal(both.KeyId, Vault.KeyIdOf(both.Seal("text", "place")));
        Assert.Throws<DatabaseUnavailableException>(() => old.Open(both.Seal("text", "place"), "place"));
        Assert.Equal([old.Digest("text", "place")], both.OldDigests("text", "place"));
    }

    private static KeyRotation Rotation(Database database, Vault vault) =>
        new(database, vault, OperationRegistration.SealedColumns, TimeProvider.System);

    private CardInventory Inventory(Vault vault) => new(Store, vault, TimeProvider.System);

    /// <summary>Cards under the service's own key.</summary>
    private async Task<Product> StockAsync(string name, int count)
    {
        var product = new Product(Service.NewGameId(), name);
        Assert.Equal(count, (await service.Services.GetRequiredService<CardInventory>().ImportAsync(product, Cards(name, count), Now)).Imported);
        return product;
    }

    /// <summary>Everything under the service's key again, for the other tests.</summary>
    private async Task BackAsync()
    {
        using var back = new Vault(s_old, [s_new]);
        Assert.Equal(0, (await Rotation(Store, back).RotateAsync((_, _) => { }, Now)).CountOf(back.OldKeyIds[0]));
    }

    [GeneratedRegex(@"[vV]ault\.Seal\(")]
    private static partial Regex VaultSeals();

    [GeneratedRegex(@"^\s*(?<name>\w*sealed\w*) text\b", RegexOptions.Multiline)]
    private static partial Regex SealedNames();

    private static List<Card> Cards(string name, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Card(CardType.NumberAndPassword, $"rotation-{name}-{i}", $"password-{i}", ""))];
}
