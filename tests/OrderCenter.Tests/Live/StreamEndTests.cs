using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderCenter.Api.Live;
using OrderCenter.ChangeFeed;
using OrderCenter.Domain;
using OrderCenter.Domain.Changes;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Live;

/// <summary>How a stream of GET /events ends: with its session, its reader, the service. The times are shorter than in earnest.</summary>
public sealed class StreamEndTests(StreamEndTests.Impatient service) : IClassFixture<StreamEndTests.Impatient>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_ends_when_its_session_ends_or_its_operator_is_changed()
    {
        using var person = await Person.NewAsync(service, "viewer");
        var ends = new Func<Task<HttpStatusCode>>[]
        {
            async () => (await service.CallAsync(HttpMethod.Patch, $"/api/v1/operators/{person.Name}", new { role = "support" })).Status,
            async () => (await service.CallAsync(HttpMethod.Patch, $"/api/v1/operators/{person.Name}", new { games = new[] { 5 } })).Status,
            async () => (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = Person.Password, newPassword = "quite another password" })).Status,
            async () => (await person.CallAsync(HttpMethod.Delete, "/session")).Status,
            async () => (await service.CallAsync(HttpMethod.Patch, $"/api/v1/operators/{person.Name}", new { disabled = true })).Status,
        };
        for (var i = 0; i < ends.Length; i++)
        {
            if (i > 0)
            {
                Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(i > 2 ? "quite another password" : Person.Password)).Status);
            }
            using var events = await EventReader.OfAsync(await person.OpenAsync("/events"));
            Assert.InRange((int)await ends[i](), 200, 204);
            await events.EndAsync(Soon);
        }
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_deleted_and_lives_as_long_as_it_holds()
    {
        var (_, made) = await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name = Person.NewName("token"), role = "viewer" });
        using var events = await EventReader.OpenAsync(service.Http, made.GetProperty("secret").GetString()!);
        using var other = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer"));
        await service.WithTokenAsync(Service.Token, HttpMethod.Delete, $"/tokens/{made.GetProperty("id").GetString()}");
        await events.EndAsync(Soon);
        var game = await service.NewGameAsync();
        await other.UntilOrderAsync(await service.CreateAsync(Native.NewOrder(game.GameId)));
        Assert.True(other.Heartbeats > 0);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_dropped_and_delays_nobody()
    {
        using var attentive = await EventReader.OpenAsync(service.Http, await service.NewTokenAsync("viewer"));
        var name = Person.NewName("sleeper");
        var (_, made) = await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name, role = "viewer" });
        using var sleeper = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await sleeper.ConnectAsync(new IPEndPoint(IPAddress.Loopback, service.Http.BaseAddress!.Port), Now);
        await sleeper.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {made.GetProperty("secret").GetString()}\r\n\r\n"), Now);
        await Until.TrueAsync(() => service.CountOf($"token {name}") == 1);

        // Straight into its stream: more than any buffer between it and a reader holds.
        var stream = service.Hub.Streams.Single(one => one.Holder == $"token {name}");
        var gameId = Service.NewGameId();
        var number = 0;
        var since = TimeProvider.System.GetTimestamp();
        var game = await service.NewGameAsync();
        while (service.CountOf($"token {name}") == 1)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(40), "the sleeper was not dropped");
            stream.Add(new GameChanges(gameId, 50, [.. Enumerable.Range(0, 50).Select(_ => Change(gameId, number++))]));
            if (number % 20_000 == 0)
            {
                var order = await service.CreateAsync(Native.NewOrder(game.GameId));
                var asked = TimeProvider.System.GetTimestamp();
                await attentive.UntilOrderAsync(order);
                Assert.InRange(TimeProvider.System.GetElapsedTime(asked).TotalSeconds, 0, 2);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Now);
        }
        await attentive.UntilOrderAsync(await service.CreateAsync(Native.NewOrder(game.GameId)));
    }

    private static Change Change(long gameId, int number) =>
        new(OrderId.FromStore($"{gameId}{number:D8}{new string('9', 64)}"), 0, gameId, ChangeEvent.Created, OrderState.New, null, 0, null);

    public sealed class Impatient : LiveService
    {
        protected override void Arrange(Microsoft.Extensions.DependencyInjection.IServiceCollection services)
        {
            base.Arrange(services);
            services.Replace(ServiceDescriptor.Singleton(new LiveOptions
            {
                Recheck = TimeSpan.FromMilliseconds(200), Heartbeat = TimeSpan.FromMilliseconds(100), WriteMax = TimeSpan.FromSeconds(2), BetweenMessages = TimeSpan.FromMilliseconds(1),
            }));
        }
    }
}
