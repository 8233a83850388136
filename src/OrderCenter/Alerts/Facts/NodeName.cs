namespace OrderCenter.Alerts.Facts;

/// <summary>What this node is called where several are told apart.</summary>
/// <param name="Text">The machine and the process.</param>
internal sealed record NodeName(string Text)
{
    public static NodeName OfProcess { get; } = new($"{Environment.MachineName}/{Environment.ProcessId}");
}
