namespace OrderCenter.Apps;

/// <summary>Enums as settings write them: the name in lower case.</summary>
internal static class SettingEnum
{
    public static bool IsNameOf<T>(string? text)
        where T : struct, Enum =>
        text is null || (text.All(char.IsAsciiLetterLower) && Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase));

    public static T Parse<T>(string? text, T absent)
        where T : struct, Enum => text is null ? absent : Enum.Parse<T>(text, ignoreCase: true);
}
