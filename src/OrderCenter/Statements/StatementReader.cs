using System.Text;
using System.Text.Unicode;
using CsvHelper;
using OrderCenter.Model;

namespace OrderCenter.Statements;

/// <summary>What opening a file came to.</summary>
internal abstract record Opened
{
    private Opened()
    {
    }

    public sealed record Good(StatementReader Reader) : Opened;

    /// <summary>It is no statement of that store; why, and what is.</summary>
    public sealed record Refused(string Reason) : Opened;
}

/// <summary>Reads a statement line by line: encoding and header are found first, then every line stands for itself, so that a bad one spoils no other.</summary>
internal sealed class StatementReader : IAsyncDisposable
{
    /// <summary>No line of any statement comes near.</summary>
    private const int LineBytesMax = 16 * 1024;

    /// <summary>Beyond it there is no line at all, and so no statement.</summary>
    private const int RecordBytesMax = 1024 * 1024;

    private const int SniffBytes = 64 * 1024;
    private const int HeaderLinesMax = 64;

    private readonly CsvReader _csv;
    private readonly HashSet<long> _spoilt;
    private readonly App _app;
    private readonly IReadOnlyDictionary<string, int> _columns;
    private bool _hasEnded;

    private StatementReader(CsvReader csv, HashSet<long> spoilt, StatementFormat format, IReadOnlyDictionary<string, int> columns, App app) =>
        (_csv, _spoilt, Format, _columns, _app) = (csv, spoilt, format, columns, app);

    public StatementFormat Format { get; }

    /// <summary>Finds out what the file is. The store says which formats it may be.</summary>
    public static async Task<Opened> OpenAsync(Stream file, string channel, App app, CancellationToken cancellationToken)
    {
        // 1. The encoding, by the beginning: what is not UTF-8 is China's older one where that may be, or no text at all.
        var formats = StatementFormat.All.Where(format => format.Channel == channel).ToList();
        var head = new byte[SniffBytes];
        var length = await file.ReadAtLeastAsync(head, SniffBytes, throwOnEndOfStream: false, cancellationToken);
        if (Packed(head.AsSpan(0, length)) is { } packed)
        {
            return new Opened.Refused($"the file is packed ({packed}); unpack it and send what is in it");
        }
        Encoding? encoding = null;
        var hasMark = length >= 2 && (head[0], head[1]) is (0xFF, 0xFE) or (0xFE, 0xFF);
        if (!hasMark && !IsUtf8(head.AsSpan(0, length), isWhole: length < SniffBytes))
        {
            if (!formats.Any(format => format.MayBeGbk))
            {
                return new Opened.Refused("the file is not text in UTF-8");
            }
            encoding = CodePagesEncodingProvider.Instance.GetEncoding("gb18030");
        }

        // 2. The header, among the first lines.
        var spoilt = new HashSet<long>();
        var csv = CsvReader.Create(new PrefixedStream(head.AsMemory(0, length), file), Options(formats[0], encoding, spoilt), leaveOpen: true);
        try
        {
            for (var i = 0; i < HeaderLinesMax && await csv.ReadAsync(cancellationToken); i++)
            {
                var line = Encoding.UTF8.GetString(csv.RawRecord[..Math.Min(csv.RawRecord.Length, LineBytesMax)]);
                foreach (var format in formats)
                {
                    if (format.ReadHeader(line) is { } columns)
                    {
                        return new Opened.Good(new StatementReader(csv, spoilt, format, columns, app));
                    }
                }
            }
        }
        catch (CsvFormatException)
        {
            // A line without an end: no statement either.
        }
        await csv.DisposeAsync();
        var known = string.Join("; or ", formats.Select(format => $"{format.Name}: {string.Join(", ", format.Required.Select(names => names[0].ToLowerInvariant()))}"));
        return new Opened.Refused($"none of the first {HeaderLinesMax} lines holds the columns of a statement of channel {channel}: {known}");
    }

    /// <summary>The next line, with its number; null: the end.</summary>
    /// <exception cref="CsvFormatException">A line is so long that it is none.</exception>
    public async ValueTask<(long Number, LineOutcome Outcome)?> NextAsync(CancellationToken cancellationToken)
    {
        if (_hasEnded || !await _csv.ReadAsync(cancellationToken))
        {
            return null;
        }
        var number = _csv.LineNumber;
        var outcome = ReadLine(number);
        _hasEnded = outcome is LineOutcome.End;
        return _hasEnded ? null : (number, outcome is LineOutcome.Found found ? new LineOutcome.Found(found.Line with { Number = number }) : outcome);
    }

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private LineOutcome ReadLine(long number)
    {
        if (_spoilt.Remove(number))
        {
            return new LineOutcome.Bad("a quotation mark is not closed");
        }
        return _csv.RawRecord.Length > LineBytesMax
            ? new LineOutcome.Bad($"the line is longer than {LineBytesMax} bytes")
            : Format.Read(new StatementRow(_csv, _columns, Format), _app);
    }

    private static CsvReaderOptions Options(StatementFormat format, Encoding? encoding, HashSet<long> spoilt) => new()
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
            // A stray quote is a product's name; one that is not closed has swallowed columns.
            if (record.Reason is CsvMalformedReason.LineBreakInQuotes or CsvMalformedReason.UnterminatedQuote)
            {
                spoilt.Add(record.LineNumber);
            }
        },
    };

    private static string? Packed(ReadOnlySpan<byte> head) => head switch
    {
        [0x1F, 0x8B, ..] => "gzip",
        [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
        _ => null,
    };

    private static bool IsUtf8(ReadOnlySpan<byte> head, bool isWhole)
    {
        // The last character may be cut: at most three bytes of it are here.
        for (var i = 0; i < 3 && !isWhole && head.Length > 0 && !Utf8.IsValid(head); i++)
        {
            head = head[..^1];
        }
        return !head.Contains((byte)0) && Utf8.IsValid(head);
    }

    /// <summary>What was read already, then the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = Math.Min(buffer.Length, head.Length - _at);
            if (left == 0)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }
            head.Span.Slice(_at, left).CopyTo(buffer.Span);
            _at += left;
            return ValueTask.FromResult(left);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a body is read asynchronously");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
