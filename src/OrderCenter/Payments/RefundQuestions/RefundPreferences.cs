namespace OrderCenter.Payments.RefundQuestions;

/// <summary>The names of preferences, in settings and in the native API.</summary>
public static class RefundPreferences
{
    /// <summary>The setting that leaves the answer to a person.</summary>
    public const string Ask = "ask";

    public const string Form = "decline, approve or neutral";

    private static readonly string[] Names = ["decline", "approve", "neutral"];

    public static string NameOf(RefundPreference preference) => Names[(int)preference];

    /// <summary>The preference of that name; null: there is none.</summary>
    public static RefundPreference? Find(string? name) => Array.IndexOf(Names, name) is >= 0 and var at ? (RefundPreference)at : null;
}
