using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Channels.Acme;
using OrderCenter.Payments;
using OrderCenter.Simulator.Games;
using OrderCenter.Tests.Client;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels.Example;

/// <summary>The example of docs/writing-a-channel.md: its code is compiled here, and one line installs it.</summary>
public sealed class AcmeTests(AcmeTests.AcmeService service) : IClassFixture<AcmeTests.AcmeService>
{
    private const string Product = "com.example.07";
    private const string Key = "the key of the tests";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void The_document_shows_the_code_that_is_compiled_here_and_the_line_that_installs_it()
    {
        var document = Read("docs/writing-a-channel.md");
        var code = Read("tests/OrderCenter.Tests/Channels/Example/AcmeChannel.cs");
        var shown = document.Split("```csharp\n")[1].Split("```")[0];
        Assert.Equal(code[code.IndexOf("namespace ", StringComparison.Ordinal)..], shown);

        const string line = "services.AddSingleton<IChannel, AcmeChannel>();";
        Assert.Contains(line, document, StringComparison.Ordinal);
        Assert.Contains(line, Read("tests/OrderCenter.Tests/Channels/Example/AcmeTests.cs").Split("void Arrange(")[^1], StringComparison.Ordinal);
        Assert.Contains(line.Replace("Acme", "Google", StringComparison.Ordinal), Read("src/OrderCenter/Hosting/ChannelRegistration.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purchase_pays_its_order_end_to_end()
    {
        var (game, id) = await NewOrderAsync();
        var receipt = Purchase("acme-1", Product, "6.5", Key);
        var paid = await game.ValidateAsync(id, receipt, Now);
        Assert.Equal((0, id), (paid.ResultCode, paid.PlatOrderId));

        var order = await service.OrderAsync(id);
        var payment = order.GetProperty("payment");
        Assert.Equal(("acme", "acme-1"), (payment.GetProperty("channel").GetString(), payment.GetProperty("transactionId").GetString()));

        // The purchase is used up, and delivery is the same as for every channel.
        var (_, other) = await NewOrderAsync(game);
        Assert.Equal("the payment was used by another order already", (await game.ValidateAsync(other, receipt, Now)).Message);
        Assert.Equal(0, (await game.SendProductAsync(id, Now)).ResultCode);
    }

    [Fact]
    public async Task What_is_forged_or_for_another_order_pays_nothing()
    {
        var (game, id) = await NewOrderAsync();
        Assert.Equal("the mac is not Acme's for this app", (await game.ValidateAsync(id, Purchase("acme-2", Product, "6.5", "another key"), Now)).Message);
        Assert.Equal("the receipt is for another product", (await game.ValidateAsync(id, Purchase("acme-2", "another", "6.5", Key), Now)).Message);
        Assert.NotEqual(0, (await game.ValidateAsync(id, Purchase("acme-2", Product, "0.5", Key), Now)).ResultCode);
        Assert.False((await service.OrderAsync(id)).TryGetProperty("payment", out var payment) && payment.ValueKind == JsonValueKind.Object);
    }

    [Fact]
    public async Task Settings_with_a_fault_are_refused_by_its_words()
    {
        var body = new { name = "n", protocol = "OrderApi", secret = "B8899E2039DF87E2", channels = new { acme = new { kee = "x" } } };
        var (status, json) = await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}", body);
        Assert.Equal(400, (int)status);
        Assert.Contains("kee is not a field of this channel; allowed: key", json.ToString(), StringComparison.Ordinal);
        Assert.Contains("key is missing", json.ToString(), StringComparison.Ordinal);
    }

    private async Task<(OrderApiGame Game, string Id)> NewOrderAsync(OrderApiGame? game = null)
    {
        game ??= await service.NewGameAsync(new { channels = new { acme = new { key = Key } } });
        return (game, (await game.CreateAsync(game.NewOrder(Product, "6.5", "u"), Now)).PlatOrderId);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    private static string Purchase(string id, string product, string amount, string key)
    {
        var text = JsonSerializer.Serialize(new { id, product, amount });
        var mac = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)));
        return JsonSerializer.Serialize(new { acmePurchase = text, mac });
    }

    public sealed class AcmeService : Service
    {
        protected override void Arrange(IServiceCollection services)
        {
            services.AddSingleton<IChannel, AcmeChannel>();
        }
    }
}
