namespace OrderCenter.Domain;

/// <summary>A value that must not be shown: it prints as <c>***</c> in logs, debuggers and interpolated strings.</summary>
public sealed class Secret(string value)
{
    /// <summary>The value itself, for the one place that signs or encrypts with it.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
