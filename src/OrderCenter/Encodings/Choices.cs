namespace OrderCenter.Encodings;

/// <summary>Lists what is allowed, for messages.</summary>
public static class Choices
{
    /// <returns><c>a, b or c</c>.</returns>
    public static string Of(IReadOnlyList<string> texts) =>
        texts.Count < 2 ? string.Concat(texts) : $"{string.Join(", ", texts.Take(texts.Count - 1))} or {texts[^1]}";
}
