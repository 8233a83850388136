using System.Text.Json.Serialization;

namespace OrderCenter.Api;

/// <summary>The request of a callback as people read it.</summary>
internal sealed record CallbackRequestJson
{
    public required string Id { get; init; }
    public required string OrderId { get; init; }
    public required long GameId { get; init; }
    public required string Event { get; init; }
    public required string Status { get; init; }

    /// <summary>How many attempts were begun; 0: it was never sent.</summary>
    public required int Attempts { get; init; }

    /// <summary>Always true: requests are not kept, this one is built anew.</summary>
    public required bool Rebuilt { get; init; }

    /// <summary>What may differ from what was sent.</summary>
    public required string Note { get; init; }

    public required string Method { get; init; }
    public required string Url { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>As <c>bodyEncoding</c> says.</summary>
    public required string Body { get; init; }

    /// <summary>utf-8, or base64 where the body is no text.</summary>
    public required string BodyEncoding { get; init; }

    /// <summary>The body in words, where it is no text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BodyText { get; init; }

    /// <summary>Whether cards are masked.</summary>
    public required bool Masked { get; init; }

    /// <summary>The text that is signed, by the protocol's own sign where it has one: the secret behind it is masked.</summary>
    public required string SignedText { get; init; }

    /// <summary>Each text that is signed, and how.</summary>
    public required IReadOnlyList<SignedTextJson> Signatures { get; init; }
}

/// <summary>A text that is signed.</summary>
/// <param name="Name">Where the signature stands: <c>sign</c> in the body, or a header.</param>
/// <param name="Rule">How it is made.</param>
/// <param name="Text">What is signed.</param>
internal sealed record SignedTextJson(string Name, string Rule, string Text);
