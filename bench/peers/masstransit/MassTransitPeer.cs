using MassTransit;

namespace OrderCenter.Bench.Peers;

public record DeliverCallback(long Id, string Path, string Body);

internal sealed class DeliverConsumer : IConsumer<DeliverCallback>
{
    public Task Consume(ConsumeContext<DeliverCallback> context) => Peer.PostAsync(context.Message.Path, context.Message.Body);
}

/// <summary>Two buses, so that "stopped" means that the sending one stays and the receiving one is gone. Counts what is acknowledged to the broker.</summary>
internal sealed class MassTransitPeer : IPeer, IReceiveObserver
{
    private readonly IBusControl _sending = Bus.Factory.CreateUsingRabbitMq(bus => bus.Host(Broker.Address, host => host.PublisherConfirmation = true));
    private IBusControl? _receiving;
    private ISendEndpoint? _endpoint;
    private long _done;

    public long Done => Interlocked.Read(ref _done);

    public async Task InitAsync()
    {
        await _sending.StartAsync();

        // Declares exchange and queue.
        await StartAsync();
        await StopAsync();
        _endpoint = await _sending.GetSendEndpoint(new Uri($"exchange:{Broker.Queue}?durable=true"));
    }

    public Task SeedAsync(long first, int count) => Broker.InStepsAsync(first, count, id => EnqueueOneAsync(id, "/cb"));

    public Task EnqueueOneAsync(long id, string pathAndQuery) => _endpoint!.Send(new DeliverCallback(id, pathAndQuery, Peer.Body(id)));

    public async Task StartAsync()
    {
        _receiving = Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            bus.Host(Broker.Address);
            bus.ReceiveEndpoint(Broker.Queue, endpoint =>
            {
                endpoint.Durable = true;
                endpoint.PrefetchCount = Broker.Prefetch;
                endpoint.ConcurrentMessageLimit = Peer.Concurrency;
                endpoint.ConfigureConsumeTopology = false;
                if (Broker.IsQuorum)
                {
                    endpoint.SetQuorumQueue();
                }
                endpoint.UseMessageRetry(retry => retry.Interval(3, 200));
                endpoint.Consumer<DeliverConsumer>();
            });
        });
        _receiving.ConnectReceiveObserver(this);
        await _receiving.StartAsync();
    }

    public Task StopAsync() => _receiving!.StopAsync();

    public Task<string> VerifyAsync() => Broker.LeftAsync();

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context)
    {
        Interlocked.Increment(ref _done);
        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Console.Error.WriteLineAsync(exception.ToString());

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Console.Error.WriteLineAsync(exception.ToString());
}
