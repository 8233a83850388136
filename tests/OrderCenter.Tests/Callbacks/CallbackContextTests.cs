using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Callbacks;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>Who asks for a callback is not who sends those that follow it: nothing of a request reaches the send loop.</summary>
public sealed class CallbackContextTests(CallbackContextTests.Watched service) : IClassFixture<CallbackContextTests.Watched>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_callback_that_a_person_sends_again_is_sent_by_nobody()
    {
        using var person = await Person.NewAsync(service, "support");
        var game = await service.NewGameAsync(new { callbackUrl = "http://game.example/callback", callback = new { retrySeconds = new[] { 0 } } });
        service.Client.Status = 500;
        var order = await service.CreateAsync(Native.NewOrder(game.GameId));
        await service.ActAsync(order, "paid", new { channel = "bank", transactionId = "T" + order, money = "6.5", currency = "CNY" });
        var id = (await UntilAsync(order, "exhausted")).GetProperty("id").GetString();
        service.Client.Status = 200;
        service.Client.Seen.Clear();
        Assert.Equal(HttpStatusCode.Accepted, (await person.CallAsync(HttpMethod.Post, $"/callbacks/{id}/redeliver", new { reason = "again" })).Status);
        await UntilAsync(order, "delivered");
        var (caller, activity) = Assert.Single(service.Client.Seen);
        Assert.Null(caller);
        Assert.Null(activity);
    }

    private async Task<System.Text.Json.JsonElement> UntilAsync(string order, string status)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var callback = (await service.OrderAsync(order)).GetProperty("callbacks")[0];
            if (callback.GetProperty("status").GetString() == status)
            {
                return callback;
            }
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), callback.GetRawText());
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Now);
        }
    }

    public sealed class Watched : Service
    {
        internal Watching Client { get; } = new();

        protected override void Arrange(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<ICallbackHttpClient>(Client));
    }

    /// <summary>Answers without a network, and keeps on whose behalf it is called.</summary>
    internal sealed class Watching : ICallbackHttpClient
    {
        public int Status { get; set; }

        public ConcurrentQueue<(Caller? Caller, Activity? Activity)> Seen { get; } = new();

        public Task<SendResult> SendAsync(App app, Callback callback, CallbackBody body, IReadOnlyList<Secret> secrets, CancellationToken cancellationToken)
        {
            Seen.Enqueue((AuditScope.Caller, Activity.Current));
            return Task.FromResult(new SendResult(Status, default, null, Error: null));
        }
    }
}
