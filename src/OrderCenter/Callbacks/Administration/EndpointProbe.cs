using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;

namespace OrderCenter.Callbacks.Administration;

/// <summary>Runs <see cref="Probe"/> from the service: with the app's own settings and secret, by the same way as its callbacks, so that
/// the address is allowed or refused as theirs is.</summary>
internal sealed class EndpointProbe(Database database, CallbackProtocols protocols, CallbackHttpClient http, TimeProvider clock)
{
    /// <summary>Callers wait for it behind proxies that wait a minute.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);

    private const int ConcurrentMax = 4;
    private static readonly TimeSpan s_slowPause = TimeSpan.FromSeconds(1);

    private int _running;

    /// <summary>Tries an address. It is written into the audit log before the first request leaves.</summary>
    /// <param name="app">The app.</param>
    /// <param name="secret">Its secret that callbacks are signed with.</param>
    /// <param name="url">The address.</param>
    /// <param name="channel">The channel of the invented order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DatabaseBusyException">Too many probes run, or too many requests wait; nothing was sent.</exception>
    public async Task<IReadOnlyList<ProbeFinding>> RunAsync(
        App app, Secret secret, Uri url, string channel, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > ConcurrentMax)
            {
                throw new DatabaseBusyException("too many probes run at once; try again");
            }
            await database.WriteAsync(
                transaction =>
                {
                    AuditTrail.Append(transaction, new AuditFact("app.probe", app.GameId, url.OriginalString), clock.NowMs());
                    return ValueTask.FromResult(true);
                },
                cancellationToken);
            var probe = new Probe(protocols.Of(app), channel, clock, s_slowPause)
            {
                App = app, Send = (request, cancelled) => http.SendAsync(app, request, cancelled), TimeMax = TimeMax,
            };
            return await probe.RunAsync(url, secret, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
