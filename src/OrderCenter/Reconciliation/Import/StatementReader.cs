using System.Text;
using System.Text.Unicode;
using CsvHelper;
using OrderCenter.Domain;
using OrderCenter.Payments;
using OrderCenter.Payments.Statements;

namespace OrderCenter.Reconciliation.Import;

/// <summary>Reads a statement line by line. Encoding and header are detected first; then every line is read by
/// itself, so that a bad one affects no other.</summary>
internal sealed class StatementReader : IAsyncDisposable
{
    private const int LineBytesMax = 16 * 1024;

    /// <summary>A file with a longer line is no statement.</summary>
    private const int RecordBytesMax = 1024 * 1024;

    private const int HeadBytes = 64 * 1024;
    private const int HeaderLinesMax = 64;

    private readonly CsvReader _csv;
    private readonly HashSet<long> _malformed;
    private readonly App _app;
    private readonly IReadOnlyDictionary<string, int> _columns;
    private bool _hasEnded;

    private StatementReader(
        CsvReader csv, HashSet<long> malformed, StatementFormat format, IReadOnlyDictionary<string, int> columns, App app) =>
        (_csv, _malformed, Format, _columns, _app) = (csv, malformed, format, columns, app);

    public StatementFormat Format { get; }

    /// <summary>Detects the encoding and the format of a file among the formats of its channel.</summary>
    public static async Task<OpenedStatement> OpenAsync(Stream file, IChannel channel, App app, CancellationToken cancellationToken)
    {
        // 1. The encoding: what is not UTF-8 is GB 18030 where the channel has such files, and no text otherwise.
        var formats = channel.StatementFormats;
        var head = new byte[HeadBytes];
        var length = await file.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        if (CompressionOf(head.AsSpan(0, length)) is { } compression)
        {
            return new OpenedStatement.Refused($"the file is packed ({compression}); unpack it and send what is in it");
        }
        Encoding? encoding = null;
        var hasUtf16Mark = length >= 2 && (head[0], head[1]) is (0xFF, 0xFE) or (0xFE, 0xFF);
        if (!hasUtf16Mark && !IsUtf8(head.AsSpan(0, length), isWhole: length < HeadBytes))
        {
            if (!formats.Any(format => format.MayBeGbk))
            {
                return new OpenedStatement.Refused("the file is not text in UTF-8");
            }
            encoding = CodePagesEncodingProvider.Instance.GetEncoding("gb18030");
        }

        // 2. The header, within the first lines.
        var malformed = new HashSet<long>();
        var csv = CsvReader.Create(
            new PrefixedStream(head.AsMemory(0, length), file), Options(formats[0], encoding, malformed), leaveOpen: true);
        try
        {
            for (var i = 0; i < HeaderLinesMax && await csv.ReadAsync(cancellationToken); i++)
            {
                var line = Encoding.UTF8.GetString(csv.RawRecord[..Math.Min(csv.RawRecord.Length, LineBytesMax)]);
                foreach (var format in formats)
                {
                    if (format.ReadHeader(line) is { } columns)
                    {
                        return new OpenedStatement.Good(new StatementReader(csv, malformed, format, columns, app));
                    }
                }
            }
        }
        catch (CsvFormatException)
        {
            // A line that does not end: no statement.
        }
        await csv.DisposeAsync();
        var known = string.Join("; or ", formats.Select(format => $"{format.Name}: {RequiredColumns(format)}"));
        return new OpenedStatement.Refused(
            $"none of the first {HeaderLinesMax} lines holds the columns of a statement of channel {channel.Name}: {known}");
    }

    /// <summary>The next line, with its number; null: the end.</summary>
    /// <exception cref="CsvFormatException">A line is too long.</exception>
    public async ValueTask<(long Number, LineOutcome Outcome)?> NextAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded || !await _csv.ReadAsync(cancellationToken))
        {
            return null;
        }
        var number = _csv.LineNumber;
        var outcome = ReadLine(number);
        _hasEnded = outcome is LineOutcome.End;
        return _hasEnded ? null
            : (number, outcome is LineOutcome.Found found ? new LineOutcome.Found(found.Line with { Number = number }) : outcome);
    }

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private LineOutcome ReadLine(long number)
    {
        if (_malformed.Remove(number))
        {
            return new LineOutcome.Bad("a quotation mark is not closed");
        }
        return _csv.RawRecord.Length > LineBytesMax
            ? new LineOutcome.Bad($"the line is longer than {LineBytesMax} bytes")
            : Format.Read(new StatementRow(_csv, _columns, Format), _app);
    }

    private static string RequiredColumns(StatementFormat format) => string.Join(", ", format.Required.Select(names =>
        format.Columns.First(column => column[0] == names[0]) is [var name, .. { Length: > 0 } others]
            ? $"{name.ToLowerInvariant()} (or {string.Join(", ", others).ToLowerInvariant()})"
            : names[0].ToLowerInvariant()));

    private static CsvReaderOptions Options(StatementFormat format, Encoding? encoding, HashSet<long> malformed) => new()
    {
        Separator = format.Separator,
        HasHeader = false,
        Mode = format.HasQuotes ? CsvMode.Rfc4180 : CsvMode.NoEscape,
        AllowLineBreaksInQuotes = false,
        CommentPrefix = format.Comment,
        TrackLineNumbers = true,
        MaxRecordSize = RecordBytesMax,
        Encoding = encoding,
        OnMalformedRecord = record =>
        {
            // A stray quote may be part of a product's name; one that is not closed has hidden columns.
            if (record.Reason is CsvMalformedReason.LineBreakInQuotes or CsvMalformedReason.UnterminatedQuote)
            {
                malformed.Add(record.LineNumber);
            }
        },
    };

    private static string? CompressionOf(ReadOnlySpan<byte> head) => head switch
    {
        [0x1F, 0x8B, ..] => "gzip",
        [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
        _ => null,
    };

    private static bool IsUtf8(ReadOnlySpan<byte> head, bool isWhole)
    {
        // The last character may be cut off after at most three bytes.
        for (var i = 0; i < 3 && !isWhole && head.Length > 0 && !Utf8.IsValid(head); i++)
        {
            head = head[..^1];
        }
        return !head.Contains((byte)0) && Utf8.IsValid(head);
    }
}
