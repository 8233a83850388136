namespace OrderCenter.Hosting;

internal static class ServerAddress
{
    /// <summary>An address that listens on all interfaces, as this machine can call it.</summary>
    public static string ToLocal(string address) =>
        address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
}
