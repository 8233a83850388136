using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.ProviderSync;

/// <summary>Handles one polled event: a notification is stored as a pushed one is, a fact is applied. It throws where it cannot now; the
/// event is then polled again.</summary>
public delegate Task HandlePolledEvent(App app, string channel, PolledEvent polled, CancellationToken cancellationToken);
