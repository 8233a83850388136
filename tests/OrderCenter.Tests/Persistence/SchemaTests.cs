using System.Text.RegularExpressions;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Schema;

namespace OrderCenter.Tests.Persistence;

/// <summary>Whether the one schema can be spread over nodes: every table has its place, and is unique only by what it is spread by.</summary>
public sealed partial class SchemaTests
{
    private static readonly string[] Schema = [.. Migrations.All.SelectMany(migration => migration.Statements)];

    [Fact]
    public void Every_table_has_its_place_among_many_nodes_and_its_key_holds_what_it_is_spread_by()
    {
        var tables = Schema.Select(statement => Table().Match(statement)).Where(match => match.Success).ToDictionary(match => match.Groups["name"].Value, match => match.Value, StringComparer.Ordinal);
        Assert.Equal(tables.Keys.Order(StringComparer.Ordinal), Distribution.Tables.Select(place => place.Table).Concat(Distribution.Local).Order(StringComparer.Ordinal));
        foreach (var (table, column) in Distribution.Tables)
        {
            Assert.Matches($@"\b{column} \w+ NOT NULL PRIMARY KEY|PRIMARY KEY \([^)]*\b{column}\b", tables[table]);
            Assert.DoesNotContain("UNIQUE", tables[table], StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Schema, statement => statement.Contains("UNIQUE INDEX", StringComparison.Ordinal));
    }

    /// <summary>For a list of three, SQLite builds a table each time that it looks at a check or at an index's condition; and a query for one of them would not be
    /// answered from that index.</summary>
    [Fact]
    public void Conditions_of_checks_and_indexes_list_three_values_with_OR() => Assert.DoesNotContain(Schema, statement => ListOfThree().IsMatch(statement));

    [Fact]
    public void Steps_are_numbered_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, Migrations.All.Count), Migrations.All.Select(migration => migration.Version));

    [Fact]
    public void A_database_gets_the_steps_that_it_has_not_had_in_order_and_none_of_a_newer_program()
    {
        Migration[] all = [new(1, ["a"]), new(2, ["b"]), new(3, ["c"])];
        Assert.Equal(1, Migrations.Next(new HashSet<int>(), all)!.Version);
        Assert.Equal(1, Migrations.Next(new HashSet<int> { 0 }, all)!.Version);
        Assert.Equal(3, Migrations.Next(new HashSet<int> { 1, 2 }, all)!.Version);
        Assert.Null(Migrations.Next(new HashSet<int> { 1, 2, 3 }, all));
        Assert.Throws<DatabaseUnavailableException>(() => Migrations.Next(new HashSet<int> { 1, 2, 3, 4 }, all));
    }

    [GeneratedRegex(@"\bIN\s*\([^()]*,[^()]*,")]
    private static partial Regex ListOfThree();

    [GeneratedRegex(@"^CREATE TABLE (?<name>\w+) [\s\S]*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Table();
}
