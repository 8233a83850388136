using RabbitMQ.Client;

namespace OrderCenter.Bench.Peers;

internal static class Broker
{
    public static readonly Uri Address = new(Peer.Setting("PEER_AMQP"));
    public static readonly string Queue = Peer.Setting("PEER_QUEUE");
    public static readonly bool IsQuorum = Environment.GetEnvironmentVariable("PEER_QUORUM") == "1";
    public const ushort Prefetch = 256;

    /// <summary>So many messages are published before their confirmations are awaited.</summary>
    public const int PublishStep = 500;

    public static async Task<string> LeftAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = Address }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return $"ready left {(await channel.QueueDeclarePassiveAsync(Queue)).MessageCount}";
    }

    public static async Task InStepsAsync(long first, int count, Func<long, Task> publish)
    {
        for (var i = 0; i < count; i += PublishStep)
        {
            await Task.WhenAll(Enumerable.Range(i, Math.Min(PublishStep, count - i)).Select(j => publish(first + j)));
        }
    }
}
