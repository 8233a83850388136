namespace OrderCenter.Encodings;

/// <summary>The byte order mark (EF BB BF) that some tools write before UTF-8 text. It is no part of the text: one is dropped wherever
/// text or JSON is read from outside. What is signed over raw bytes is verified with it.</summary>
public static class ByteOrderMark
{
    /// <summary>The text behind the mark, or all of it where there is none.</summary>
    public static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text[3..] : text;

    /// <summary>The text behind the mark, or all of it where there is none.</summary>
    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> text) => text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
