// RabbitMQ: MassTransit, or the plain client with publisher confirms and manual acknowledgements. PEER_QUORUM=1: a quorum queue, else a durable classic one.
using OrderCenter.Bench.Peers;

await Peer.ServeAsync(args is ["client"] ? new PlainClient() : new MassTransitPeer());
