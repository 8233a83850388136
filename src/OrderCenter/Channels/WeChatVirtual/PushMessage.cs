using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using OrderCenter.Encodings;
using OrderCenter.Payments;

namespace OrderCenter.Channels.WeChatVirtual;

/// <summary>A message that WeChat pushes: JSON, or XML of the same members, as the app's message push is configured at WeChat.</summary>
internal static class PushMessage
{
    private const int DepthMax = 8;
    private const int CharsMax = 256 * 1024;

    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = CharsMax,
        CloseInput = true,
    };

    /// <summary>Whether a body is written in XML and not in JSON.</summary>
    public static bool IsXml(ReadOnlySpan<byte> body) => ByteOrderMark.Skip(body).TrimStart(" \t\r\n"u8) is [(byte)'<', ..];

    /// <summary>Reads a message; each name once, bounded in depth and size.</summary>
    /// <returns>Null: it is neither.</returns>
    public static JsonFieldReader? Read(ReadOnlyMemory<byte> body)
    {
        if (IsXml(body.Span))
        {
            return ReadXml(ByteOrderMark.Skip(body)) is { } members
                && JsonFieldReader.TryParse(Encoding.UTF8.GetBytes(members.ToJsonString()), out var read, out _) ? read : null;
        }
        return JsonFieldReader.TryParse(body, out var fields, out _) ? fields : null;
    }

    private static JsonObject? ReadXml(ReadOnlyMemory<byte> body)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(body.Span);
            using var reader = XmlReader.Create(new StringReader(text), Strict);
            reader.MoveToContent();
            return ReadElement(reader, 1) as JsonObject;
        }
        catch (Exception malformed) when (malformed is XmlException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>An element with elements in it is an object, any other its text.</summary>
    private static JsonNode ReadElement(XmlReader reader, int depth)
    {
        if (depth > DepthMax)
        {
            throw new XmlException("too deep");
        }
        var members = new JsonObject();
        var text = new StringBuilder();
        if (reader.IsEmptyElement)
        {
            return JsonValue.Create("");
        }
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    // A name that comes twice is refused: by ArgumentException.
                    var name = reader.Name;
                    members.Add(name, ReadElement(reader, depth + 1));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    text.Append(reader.Value);
                    break;
            }
        }
        return members.Count > 0 ? members : JsonValue.Create(text.ToString());
    }
}
