using System.Net;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Cards;

/// <summary>A card that can be spent once is in the installation once, whatever it is imported for; and a result gives as many as the order bought.</summary>
public sealed class OnceTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task A_card_that_is_imported_for_two_products_is_sold_once()
    {
        var merchant = await Merchant.NewAsync(service);
        object[] cards = [new { cardType = 1, cardNo = "6222020011223344", cardPassword = "two-products" }];
        Assert.Equal((1, 0), await merchant.ImportAsync("p", cards));
        Assert.Equal((0, 1), await merchant.ImportAsync("q", cards));
        Assert.Equal(((1, 0, 0), (0, 0, 0)), (await merchant.StockAsync("p"), await merchant.StockAsync("q")));
        var (first, second) = (await merchant.OrderedAsync("p"), await merchant.OrderedAsync("q"));
        await merchant.PayAsync(first);
        await merchant.PayAsync(second);
        Assert.Equal(("success", "waiting"), ((await merchant.QueryAsync(first)).Status, (await merchant.QueryAsync(second)).Status));
        Assert.Equal((0, 1), await merchant.ImportAsync("q", cards));
    }

    [Fact]
    public async Task A_repeated_import_says_which_cards_and_of_another_game_no_more_than_that()
    {
        var (merchant, other) = (await Merchant.NewAsync(service), await Merchant.NewAsync(service));
        object Card(string no, string password, int type = 1, string rect = "") => new { cardType = type, cardNo = no, cardPassword = password, cardRect = rect };
        await other.ImportAsync("secret product", [Card("6222020099998888", "of-another-game")]);
        await merchant.ImportAsync("p", [Card("6222020011112222", "of-this-game"), Card("", "type-2-password", 2)]);
        object[] cards =
        [
            Card("6222020000000001", "new-one"), Card("6222020011112222", "of-this-game", rect: "another gift"), Card("6222020099998888", "of-another-game"), Card("short", "new-two"),
            Card("short", "new-two"), Card("", "type-2-password", 2),
        ];
        var (status, json) = await service.CallAsync(HttpMethod.Post, $"/api/v1/apps/{merchant.GameId}/cards", new { productId = "q", cards });
        Assert.Equal((HttpStatusCode.Created, 2, 4), (status, json.GetProperty("imported").GetInt32(), json.GetProperty("duplicates").GetInt32()));
        Assert.Equal(
            """[{"index":1,"cardNo":"***2222","productId":"p","reason":"already in stock, or issued"},{"index":2,"cardNo":"***8888","productId":null,"reason":"already in stock, or issued"},{"index":4,"cardNo":"***","productId":"q","reason":"given twice in this import"},{"index":5,"cardNo":"","productId":"p","reason":"already in stock, or issued"}]""",
            json.GetProperty("repeated").GetRawText());
        Assert.DoesNotContain("secret product", json.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("password", json.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((2, 0, 0), await merchant.StockAsync("q"));
    }

    [Fact]
    public async Task Imports_of_the_same_cards_in_every_order_and_for_every_product_at_once_keep_each_once()
    {
        var merchants = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Merchant.NewAsync(service)));
        var cards = Enumerable.Range(0, 40).Select(object (i) => new { cardType = 1, cardNo = "race-" + i, cardPassword = "race-" + i }).ToList();
        var counts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() =>
            merchants[i % 4].ImportAsync("p" + (i % 3), i % 2 == 0 ? cards.Skip(i).Concat(cards.Take(i)) : cards.AsEnumerable().Reverse()))));
        Assert.Equal(40, counts.Sum(count => count.Imported));
        Assert.Equal(40 * 39, counts.Sum(count => count.Duplicates));
    }

    [Fact]
    public async Task A_result_with_a_card_of_another_product_or_game_is_refused()
    {
        var (merchant, other) = (await Merchant.NewAsync(service), await Merchant.NewAsync(service));
        object[] mine = [new { cardType = 1, cardNo = "a", cardPassword = "result-of-another-product" }], theirs = [new { cardType = 1, cardNo = "a", cardPassword = "result-of-another-game" }];
        await merchant.ImportAsync("q", mine);
        await other.ImportAsync("p", theirs);
        var id = await merchant.OrderedAsync("p");
        Assert.Equal((409, 409), ((await merchant.ResultAsync(id, "success", mine)).Status, (await merchant.ResultAsync(id, "success", theirs)).Status));
        Assert.Equal("waiting", (await merchant.QueryAsync(id)).Status);
        Assert.Equal(((1, 0, 0), (1, 0, 0)), (await merchant.StockAsync("q"), await other.StockAsync("p")));
    }

    [Fact]
    public async Task A_success_gives_as_many_cards_as_the_order_bought()
    {
        var merchant = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("p", 3);
        object[] Cards(int count) => [.. Enumerable.Range(0, count).Select(i => merchant.NewCard("count-" + i))];
        foreach (var count in new[] { 0, 1, 2, 4 })
        {
            var (status, json) = await merchant.ResultAsync(id, "success", count == 0 ? null : Cards(count));
            Assert.Equal((count, 400, "cards"), (count, status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
            Assert.Equal(("waiting", 0), ((await merchant.QueryAsync(id)).Status, (await merchant.CallbacksAsync(id)).Count));
        }
        Assert.Equal(200, (await merchant.ResultAsync(id, "success", Cards(3))).Status);
        Assert.Equal(3, (await merchant.QueryAsync(id)).Cards!.Length);

        // The same result again is an echo, with its cards or without; a failure and a recharge bring none.
        Assert.Equal(200, (await merchant.ResultAsync(id, "success")).Status);
        Assert.Equal(200, (await merchant.ResultAsync(await merchant.OrderedAsync("p", 3), "failed")).Status);
        Assert.Equal(200, (await merchant.ResultAsync(await merchant.OrderedAsync("p", 3, account: "13800000000"), "success")).Status);
        Assert.Equal(400, (await merchant.ResultAsync(await merchant.OrderedAsync("p", 3, account: "13800000000"), "success", Cards(1))).Status);
    }
}
