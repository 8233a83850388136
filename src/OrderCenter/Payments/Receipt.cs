using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using OrderCenter.Encodings;

namespace OrderCenter.Payments;

/// <summary>What a client got from its store's SDK (<c>payreturndata</c>): a JSON object, out of Unity IAP's wrapping where it was in one
/// (anchors/payments.md, "What payreturndata may hold").</summary>
public sealed class Receipt
{
    /// <summary>Decoded size, UTF-8 bytes.</summary>
    public const int BytesMax = 512 * 1024;

    private const int DepthMax = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    private Receipt(JsonElement sent, JsonElement root, string? unityStore, string? unityPayload)
    {
        Sent = sent;
        Root = root;
        UnityStore = unityStore;
        UnityPayload = unityPayload;
    }

    /// <summary>The object as it was sent, in its wrapping; to be stored and verified again.</summary>
    public JsonElement Sent { get; }

    /// <summary>The store's own object. For a Unity receipt whose payload is not JSON (Apple), the wrapper itself.</summary>
    public JsonElement Root { get; }

    /// <summary>The store that Unity named: <c>GooglePlay</c>, <c>AppleAppStore</c>; null outside Unity.</summary>
    public string? UnityStore { get; }

    /// <summary>Unity's payload text where it is not a JSON object (Apple's base64 app receipt or JWS).</summary>
    public string? UnityPayload { get; }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Receipt? receipt, [NotNullWhen(false)] out string? fault)
    {
        receipt = null;
        if (utf8.Length > BytesMax)
        {
            fault = $"is larger than {BytesMax} bytes";
            return false;
        }
        if (!TryObject(utf8, out var root, out fault))
        {
            return false;
        }
        try
        {
            receipt = Unwrap(root);
            return true;
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair cannot be read as text.
            fault = "holds text that is not valid Unicode";
            return false;
        }
    }

    /// <summary>Reads a JSON object from outside: bounded depth, duplicate names refused.</summary>
    public static bool TryObject(ReadOnlyMemory<byte> utf8, out JsonElement root, [NotNullWhen(false)] out string? fault)
    {
        root = default;
        try
        {
            using var document = JsonDocument.Parse(ByteOrderMark.Skip(utf8), Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                root = document.RootElement.Clone();
                fault = null;
                return true;
            }
            fault = "must be a JSON object";
        }
        catch (InvalidOperationException)
        {
            // The parser unescapes names to find duplicates, and throws this for half a surrogate pair.
            fault = "holds a name that is not valid Unicode";
        }
        catch (JsonException)
        {
            fault = $"must be a well-formed JSON object at most {DepthMax} deep, each name once";
        }
        return false;
    }

    private static Receipt Unwrap(JsonElement root)
    {
        var store = Text(root, "Store");
        if (store is null || Text(root, "Payload") is not { } payload)
        {
            return new Receipt(root, root, null, null);
        }
        return TryObject(System.Text.Encoding.UTF8.GetBytes(payload), out var inner, out _)
            ? new Receipt(root, inner, store, null)
            : new Receipt(root, root, store, payload);
    }
}
