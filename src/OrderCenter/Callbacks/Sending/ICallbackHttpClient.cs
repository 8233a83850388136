using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Sending;

/// <summary>Makes the HTTP request of one attempt.</summary>
public interface ICallbackHttpClient
{
    /// <summary>Never throws for a fault of the network.</summary>
    Task<SendResult> SendAsync(
        App app, Callback callback, CallbackBody body, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken);
}
