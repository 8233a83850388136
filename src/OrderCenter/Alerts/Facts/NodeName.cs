namespace OrderCenter.Alerts.Facts;

/// <summary>What this node is called where several are told apart.</summary>
/// <param name="Machine">The machine: what is about its disk, its clock, its way to the database stays one alert over restarts.</param>
/// <param name="Text">The machine and the process.</param>
internal sealed record NodeName(string Machine, string Text)
{
    public static NodeName OfProcess { get; } = new(Environment.MachineName, $"{Environment.MachineName}/{Environment.ProcessId}");
}
