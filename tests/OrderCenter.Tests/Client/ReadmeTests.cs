using Microsoft.AspNetCore.Builder;
using OrderCenter.Client;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Simulator;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Client;

/// <summary>The samples of the package's README, word by word, compiled and run.</summary>
public sealed class ReadmeTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public void The_readme_shows_the_code_that_runs_here()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "OrderCenter.Client", "README.md"));
        var here = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "OrderCenter.Tests", "Client", "ReadmeTests.cs")));
        var samples = readme.Split("```csharp\n")[1..].Select(sample => Lines(sample.Split("```")[0])).ToArray();

        Assert.Equal(2, samples.Length);
        Assert.All(samples, sample => Assert.Contains(sample, here, StringComparison.Ordinal));

        static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    [Fact]
    public async Task The_receiver_of_the_readme_grants_once()
    {
        string[] args = ["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"];
        var secret = SignedCallback.TheSecret;
        var goods = new Goods();

        var app = WebApplication.CreateSlimBuilder(args).Build();
        var options = new CallbackOptions { Secrets = [secret] };
        app.MapOrderCenterCallbacks("/callback", options, async (callback, cancellation) =>
        {
            if (callback.GrantsGoods && !await goods.TryGrantAsync(callback.OrderId, callback.UserId, callback.Money, cancellation))
            {
                return CallbackOutcome.AlreadyGranted;
            }
            return CallbackOutcome.Granted;
        });

        await using (app)
        {
            await app.StartAsync();
            using var http = new HttpClient();
            var address = new Uri(app.Urls.First());
            foreach (var path in (string[])["/orderapi", "/h5sdk", "/ordercheck", "/cardrecharge"])
            {
                var callback = SignedCallback.Of(path, path, TimeProvider.System.GetUtcNow()) with { Path = "/callback" + path };
                Assert.True(GameServerTests.IsAcknowledged(path, await callback.SendAsync(http, address)));
                Assert.True(GameServerTests.IsAcknowledged(path, await callback.SendAsync(http, address)));
            }
            Assert.Equal(4, goods.Granted.Count);
        }
    }

    [Fact]
    public async Task The_caller_of_the_readme_creates_pays_and_delivers()
    {
        var game = await service.NewGameAsync();
        var (http, gameId, secret) = (service.Http, game.GameId, "B8899E2039DF87E2");
        var (clock, goods) = (service.Clock, new Goods());
        var receipt = service.Google.Purchase(new GooglePurchase { PackageName = Service.GooglePackage, ProductId = "gems.60" });
        var cancellation = TestContext.Current.CancellationToken;

        var orders = new OrderApiClient(http, gameId, secret, clock);
        var created = await orders.CreateAsync(
            new OrderToCreate { ProductId = "gems.60", Money = 6.5m, Currency = "RMB", UserId = "42", MerchantOrderId = "A-1" }, cancellation);
        var paid = await orders.ValidateAsync(created.OrderId!, receipt, cancellation);
        if (paid.IsSuccess)
        {
            await goods.TryGrantAsync(created.OrderId!, "42", 6.5m, cancellation);
            await orders.SendProductAsync(created.OrderId!, cancellation);
        }

        Assert.Equal(created.OrderId, Assert.Single(goods.Granted));
        Assert.True((await orders.SendProductAsync(created.OrderId!, cancellation)).IsDuplicate);
    }

    private sealed class Goods
    {
        public HashSet<string> Granted { get; } = [];

        public Task<bool> TryGrantAsync(string order, string user, decimal? money, CancellationToken cancellationToken)
        {
            Assert.False(cancellationToken.IsCancellationRequested);
            Assert.True(user.Length > 0 || money is null);
            return Task.FromResult(Granted.Add(order));
        }
    }
}
