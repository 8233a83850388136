using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks;
using OrderCenter.Cards;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Tables;
using OrderCenter.Protocols.CardRecharge;
using OrderCenter.Tests.Encodings;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.CardRecharge;

/// <summary>protocols.md §4, "Sign": the public vectors, and PHP, which must agree byte for byte.</summary>
public sealed class SigningTests : IDisposable
{
    private const int Messages = 300;

    private readonly Vault _vault = new(new byte[Vault.KeyBytes]);

    public void Dispose() => _vault.Dispose();

    [Fact]
    public void The_public_vectors_pass_as_callbacks_and_as_requests()
    {
        var vectors = Given.Vectors("signatures.json").Where(vector => vector.GetProperty("protocol").ValueEquals("CardRecharge")).ToList();
        Assert.Equal(3, vectors.Count);
        foreach (var vector in vectors)
        {
            var (fields, secret, sign) = (vector.GetProperty("params"), vector.GetProperty("secret").GetString()!, vector.GetProperty("sign").GetString()!);
            // The source's example has an order number that is not ours; as fields it is signed all the same.
            Assert.Equal(sign, CardRechargeSigning.Of(Given.Json(fields.WriteTo), new Secret(secret)));
            if (!fields.TryGetProperty("card", out _))
            {
                var body = Given.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("sign", sign.ToUpperInvariant());
                    foreach (var field in fields.EnumerateObject())
                    {
                        field.WriteTo(writer);
                    }
                    writer.WriteEndObject();
                });
                Assert.True(CardRechargeJson.TryRead(body, out var request, out _));
                Assert.True(CardRechargeSigning.IsSigned(request, AppWith(secret), nowMs: 0));
                Assert.False(CardRechargeSigning.IsSigned(request, AppWith("another"), nowMs: 0));
            }
        }
    }

    [Fact]
    public void The_vector_with_cards_is_our_callback_nested_and_as_a_text()
    {
        var vector = Given.Vectors("more.json").Single(vector => vector.TryGetProperty("nested", out _));
        var order = NewOrder("1", "2", [new Card(CardType.NumberAndPassword, "6222", "p\"w", "")], Progress.Delivered);
        foreach (var (cardSignature, name) in new[] { (CardSignature.Nested, "nested"), (CardSignature.String, "string") })
        {
            using var body = JsonDocument.Parse(Encode(order, vector.GetProperty("secret").GetString()!, cardSignature).Bytes);
            Assert.Equal(vector.GetProperty(name).GetString(), body.RootElement.GetProperty("sign").GetString());
            Assert.Equal(JsonValueKind.Array, body.RootElement.GetProperty("card").ValueKind);
        }
    }

    [Fact]
    public void An_answer_is_signed_over_its_result()
    {
        var vector = Given.Vectors("more.json").Single(vector => vector.TryGetProperty("result", out _));
        Assert.Equal(vector.GetProperty("sign").GetString(), CardRechargeSigning.Of(vector.GetProperty("result").GetString()!, new Secret(vector.GetProperty("secret").GetString()!)));
        Assert.Equal("", CardRechargeSigning.Of("x", secret: null));
    }

    [Fact]
    public void The_newest_secret_signs_and_any_that_has_not_expired_verifies()
    {
        var app = AppWith("new") with { Secrets = [new AppSecret(new Secret("new"), 0, null), new AppSecret(new Secret("old"), 0, 1000)] };
        var body = $$"""{"a":1,"sign":"{{Merchant.Sign("""{"a":1}""", "old")}}"}""";
        Assert.True(CardRechargeJson.TryRead(Encoding.UTF8.GetBytes(body), out var request, out _));
        Assert.True(CardRechargeSigning.IsSigned(request, app, 999));
        Assert.False(CardRechargeSigning.IsSigned(request, app, 1000));
        Assert.False(CardRechargeSigning.IsSigned(request, app with { Secrets = [] }, 0));
    }

    [Fact]
    public async Task Php_writes_and_signs_every_random_callback_byte_for_byte()
    {
        const int Seed = 20250320;
        var random = new Random(Seed);
        var orders = Enumerable.Range(0, Messages).Select(i => NewOrder(
            random.NextInt64(1, long.MaxValue).ToString(), Given.Text(random), [.. Enumerable.Range(0, random.Next(4)).Select(_ => NewCard(random))],
            random.Next(2) == 0 ? Progress.Delivered : Progress.Failed)).ToList();
        var answer = await OtherImplementation.PhpAsync(
            """
            function sign($fields, $secret) {
                $characters = preg_split('/(?<!^)(?!$)/u', json_encode($fields, 320));
                sort($characters);
                return strtolower(md5(implode('', $characters) . $secret));
            }
            while (($line = fgets(STDIN)) !== false) {
                $parts = array_map('base64_decode', explode("\t", rtrim($line, "\n")));
                [$orderno, $customer, $status, $secret] = $parts;
                $cards = [];
                foreach (array_slice(array_chunk($parts, 4), 1) as [$type, $no, $password, $rect]) {
                    $cards[] = ['card_type' => (int) $type, 'card_no' => $no, 'card_password' => $password, 'card_rect' => $rect];
                }
                foreach ([false, true] as $asText) {
                    $fields = ['orderno' => $orderno, 'customer_order_no' => $customer];
                    if ($cards) $fields['card'] = $cards;
                    $fields['status'] = $status;
                    $signed = $fields;
                    if ($cards && $asText) $signed['card'] = json_encode($cards, 320);
                    echo base64_encode(json_encode($fields + ['sign' => sign($signed, $secret)], 320)), "\n";
                }
            }
            """,
            string.Concat(orders.Select(order => string.Join('\t', ((string[])[
                order.Id.Value, order.MerchantOrderId!, CardRechargeJson.StatusOf(order.State.Progress), Merchant.Secret + "钥🔑",
                .. OrderCards.Open(_vault, order).SelectMany(card => new[] { ((int)card.Type).ToString(), card.No, card.Password, card.Rect })]).Select(Given.Base64)) + "\n")));
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Messages * 2, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var body = Encode(orders[i / 2], Merchant.Secret + "钥🔑", i % 2 == 0 ? CardSignature.Nested : CardSignature.String).Bytes;
            Assert.True(Convert.FromBase64String(lines[i]).AsSpan().SequenceEqual(body), $"seed {Seed}, message {i}: {Encoding.UTF8.GetString(body)}");
        }
    }

    [Fact]
    public async Task Php_signs_every_random_request_as_we_read_it()
    {
        // The body is written as json_encode writes it by default (slashes and all text beyond ASCII escaped); the sign is over the unescaped form.
        const int Seed = 320;
        var random = new Random(Seed);
        var sets = Enumerable.Range(0, Messages).Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(i => new[] { $"f{i}{Given.Text(random, 5)}", Given.Text(random) }).ToArray()).ToList();
        var answer = await OtherImplementation.PhpAsync(
            """
            foreach (json_decode(stream_get_contents(STDIN), true) as $i => $pairs) {
                $fields = ['number' => $i, 'money' => $i / 4, 'none' => null];
                foreach ($pairs as [$name, $value]) $fields[$name] = $value;
                $characters = preg_split('/(?<!^)(?!$)/u', json_encode($fields, 320));
                sort($characters);
                $fields['sign'] = md5(implode('', $characters) . 'k');
                echo base64_encode(json_encode($fields, $i % 2 ? JSON_PRETTY_PRINT : 0)), "\n";
            }
            """,
            JsonSerializer.Serialize(sets));
        var bodies = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String).ToList();
        Assert.Equal(Messages, bodies.Count);
        foreach (var body in bodies)
        {
            Assert.True(CardRechargeJson.TryRead(body, out var request, out var fault), $"seed {Seed}: {fault}: {Encoding.UTF8.GetString(body)}");
            Assert.True(CardRechargeSigning.IsSigned(request, AppWith("k"), nowMs: 0), $"seed {Seed}: {Encoding.UTF8.GetString(body)}");
        }
    }

    [Fact]
    public void Fields_are_signed_in_the_order_of_the_body_and_numbers_by_their_text()
    {
        Assert.True(CardRechargeJson.TryRead("""{ "b" : 6.50, "sign":"x", "a":"\u4e2d\/" , "c":1e2,"d":true,"e":null }"""u8, out var request, out _));
        Assert.Equal("""{"b":6.50,"a":"中/","c":1e2,"d":true,"e":null}""", Encoding.UTF8.GetString(request.Signed));
    }

    [Fact]
    public void Characters_that_change_places_sign_alike()
    {
        // Trap 14: nothing may be done on such a message's word alone; what the endpoints do about it is in OrderTests.
        var (one, other) = (Callback("115"), Callback("151"));
        Assert.NotEqual(one.Fields, other.Fields);
        Assert.Equal(one.Sign, other.Sign);

        (string Fields, string Sign) Callback(string number)
        {
            using var body = JsonDocument.Parse(Encode(NewOrder("1" + number, "c", [], Progress.Failed), "k", CardSignature.Nested).Bytes);
            return (body.RootElement.GetRawText()[..40], body.RootElement.GetProperty("sign").GetString()!);
        }
    }

    private OrderCenter.Callbacks.CallbackBody Encode(Order order, string secret, CardSignature cardSignature)
    {
        var protocol = new CardRechargeProtocol(new CardInventory(null!, _vault, TimeProvider.System));
        var callback = new Callback
        {
            Id = new CallbackId(order.Id, 1), GameId = 1, Event = CallbackEvents.Result, Url = Merchant.NotifyUrl, Endpoint = "", WaitsMs = [0], EventMs = 0,
        };
        return protocol.Encode(AppWith(secret) with { CardSignature = cardSignature }, new OrderRow(order, payment: null), callback, new Secret(secret));
    }

    private Order NewOrder(string id, string customerOrderNo, IReadOnlyList<Card> cards, Progress progress)
    {
        var order = new Order
        {
            Id = OrderId.FromStore(id), GameId = 1, MerchantOrderId = customerOrderNo, ProductId = "p", Money = new Money(1), Currency = "CNY", UserId = "", CreatedMs = 0, ExpiresMs = 1,
            State = new OrderState(PayState.Paid, progress),
        };
        return order with { Attributes = OrderCards.Seal(_vault, order, cards) };
    }

    private static Card NewCard(Random random) => new((CardType)random.Next(1, 5), Given.Text(random), Given.Text(random), Given.Text(random));

    private static App AppWith(string secret) => new() { GameId = 1, Name = "n", Protocol = "CardRecharge", Secrets = [new AppSecret(new Secret(secret), 0, null)] };
}
