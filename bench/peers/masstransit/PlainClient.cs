using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace OrderCenter.Bench.Peers;

internal sealed class PlainClient : IPeer
{
    private const int Channels = 2;
    private const int ConfirmsOutstandingMax = 1024;
    private readonly List<IChannel> _consuming = [];
    private IConnection? _connection;
    private IChannel? _publishing;
    private long _done;

    public long Done => Interlocked.Read(ref _done);

    public async Task InitAsync()
    {
        _connection = await new ConnectionFactory { Uri = Broker.Address }.CreateConnectionAsync();
        _publishing = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true, new ThrottlingRateLimiter(ConfirmsOutstandingMax)));
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (Broker.IsQuorum)
        {
            arguments["x-queue-type"] = "quorum";
        }
        await _publishing.QueueDeclareAsync(Broker.Queue, durable: true, exclusive: false, autoDelete: false, arguments);
    }

    public Task SeedAsync(long first, int count) => Broker.InStepsAsync(first, count, id => EnqueueOneAsync(id, "/cb"));

    /// <summary>Ends with the broker's confirmation.</summary>
    public async Task EnqueueOneAsync(long id, string pathAndQuery)
    {
        var properties = new BasicProperties { Persistent = true, Type = pathAndQuery };
        await _publishing!.BasicPublishAsync("", Broker.Queue, mandatory: true, properties, Encoding.UTF8.GetBytes(Peer.Body(id)));
    }

    public async Task StartAsync()
    {
        for (var i = 0; i < Channels; i++)
        {
            var channel = await _connection!.CreateChannelAsync(new CreateChannelOptions(false, false, null, (ushort)(Peer.Concurrency / Channels)));
            await channel.BasicQosAsync(0, Broker.Prefetch / Channels, global: false);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, message) =>
            {
                await Peer.PostAsync(message.BasicProperties.Type!, Encoding.UTF8.GetString(message.Body.Span));
                await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
                Interlocked.Increment(ref _done);
            };
            await channel.BasicConsumeAsync(Broker.Queue, autoAck: false, consumer);
            _consuming.Add(channel);
        }
    }

    public async Task StopAsync()
    {
        foreach (var channel in _consuming)
        {
            await channel.CloseAsync();
            await channel.DisposeAsync();
        }
        _consuming.Clear();
    }

    public Task<string> VerifyAsync() => Broker.LeftAsync();
}
