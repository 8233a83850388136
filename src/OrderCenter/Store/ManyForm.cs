using System.Text;
using NpgsqlTypes;

namespace OrderCenter.Store;

/// <summary>The second text of a hot statement: many calls of it as one, from arrays (<c>unnest</c>, <c>ANY</c>). It is PostgreSQL's and Citus' only; SQLite runs
/// the first text once a call, which inside one process costs less.</summary>
/// <param name="One">The statement as units of work call it.</param>
/// <param name="Many">The same over arrays, one parameter for each of <paramref name="One"/>'s. A write returns the keys of the rows that it changed; the
/// rows of a query, and of a write that is asked for rows, hold their key.</param>
/// <param name="Types">The parameters' types, one letter each: <c>t</c> text, <c>b</c> bigint, <c>i</c> integer.</param>
/// <param name="Key">Which parameters name the row. Two calls with one key never share a statement.</param>
/// <param name="KeyColumns">Where the key stands in the rows that are asked for; a write that is asked for none returns nothing else.</param>
/// <param name="AnswersRows">Of a write: it is asked for rows (<c>RETURNING</c> in both texts).</param>
internal sealed record ManyForm(string One, string Many, string Types, int[] Key, int[]? KeyColumns = null, bool AnswersRows = false)
{
    /// <summary>The same write for <see cref="Transaction.ExpectAsync"/>: it fails where it does not change the row. Null: it is waited for.</summary>
    public ManyForm? OrFail { get; init; }

    /// <summary>Every hot statement.</summary>
    public static readonly IReadOnlyDictionary<string, ManyForm> All = new[]
    {
        OrderTable.InsertMany, OrderTable.FindMany, OrderTable.MoveMany, OrderTable.PayMany, OrderTable.DeliveredMany, OrderTable.InsertKeyMany, OrderTable.FindKeyMany,
        OrderTable.OwnNumberMany, ActTable.InsertMany, PaymentTable.ClaimMany, PaymentTable.HolderMany, StatementTable.InsertLineMany, StatementTable.HasLineMany, CallbackTable.InsertMany, CallbackTable.InsertFirstMany, CallbackTable.DeliverMany,
    }.SelectMany(form => form.OrFail is { } orFail ? [form, orFail] : new[] { form }).ToDictionary(form => form.One, StringComparer.Ordinal);

    /// <summary>Statements whose one parameter is a list with commas between: on PostgreSQL the lists of all units of a batch make one call, which goes out with
    /// their commit. Only for <see cref="Transaction.Send"/>.</summary>
    public static readonly IReadOnlySet<string> Lists = new HashSet<string>(StringComparer.Ordinal) { ChangeTable.NoteSql };

    public bool IsWrite => KeyColumns is null || AnswersRows;

    /// <summary>Whether <see cref="Many"/> names its keys in a condition of its own, by which Citus finds the shards that have them. A list that is unnested goes to
    /// all of them (docs/decisions/0014-one-by-one-on-citus.md).</summary>
    public bool NamesKeys { get; } = !Many.Contains("unnest(", StringComparison.Ordinal);

    /// <summary>The key of one call.</summary>
    public string KeyOf(object?[] parameters) => Key.Length == 1 ? Text(parameters[Key[0]]) : string.Join('\u0001', Key.Select(position => Text(parameters[position])));

    /// <summary>The key of a row that <see cref="Many"/> answered.</summary>
    public string KeyOf(System.Data.Common.DbDataReader row)
    {
        var columns = KeyColumns;
        return Key.Length == 1
            ? Text(row.GetValue(columns?[0] ?? 0))
            : string.Join('\u0001', Enumerable.Range(0, Key.Length).Select(i => Text(row.GetValue(columns?[i] ?? i))));
    }

    /// <summary>The array of one parameter over all calls.</summary>
    public (NpgsqlDbType Type, Array Values) Column(int position, IReadOnlyList<object?[]> calls)
    {
        switch (Types[position])
        {
            case 't':
                var texts = new string?[calls.Count];
                for (var i = 0; i < texts.Length; i++)
                {
                    texts[i] = calls[i][position] is string text ? Storable(text) : null;
                }
                return (NpgsqlDbType.Array | NpgsqlDbType.Text, texts);
            case 'i':
                var integers = new int?[calls.Count];
                for (var i = 0; i < integers.Length; i++)
                {
                    integers[i] = calls[i][position] is { } value ? Convert.ToInt32(value) : null;
                }
                return (NpgsqlDbType.Array | NpgsqlDbType.Integer, integers);
            default:
                var numbers = new long?[calls.Count];
                for (var i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = calls[i][position] is { } value ? Convert.ToInt64(value) : null;
                }
                return (NpgsqlDbType.Array | NpgsqlDbType.Bigint, numbers);
        }
    }

    /// <summary>The <c>FROM unnest(…) AS u(p1, p2, …)</c> over the parameters of the given types.</summary>
    public static string Unnest(string types) =>
        "unnest(" + string.Join(", ", types.Select((type, i) => $"${i + 1}::{(type == 't' ? "text" : type == 'i' ? "integer" : "bigint")}[]")) + ") AS u(" +
        string.Join(", ", types.Select((_, i) => $"p{i + 1}")) + ")";

    /// <summary>PostgreSQL's text holds every character but NUL, and is UTF-8, which has no half of a surrogate pair. What comes from outside is refused with one before it
    /// gets here, where it is searched for it is not found, and a text that was cut in such a pair is stored without it.</summary>
    public static string Storable(string text) =>
        text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\ufffd');

    private static string Text(object? value) => value is string text ? Storable(text) : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
}
