namespace OrderCenter.Reconciliation;

/// <summary>The position after a step, as text.</summary>
internal static class StepPosition
{
    private const char Separator = '\u001f';

    public static string Write(params string[] parts) => string.Join(Separator, parts);

    /// <summary>The parts of a position; null at the beginning. The last part may hold any characters.</summary>
    public static string[]? Read(string position, int parts) => position.Length == 0 ? null : position.Split(Separator, parts);
}
