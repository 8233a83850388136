using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Apps;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;
using OrderCenter.Payments.Notifications;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.Persistence;
using OrderCenter.Persistence.Schema;
using OrderCenter.Persistence.Tables;
using OrderCenter.ProviderSync;
using OrderCenter.ProviderSync.RefundQuestions;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;
using OtpNet;

namespace OrderCenter.Tests.Operation;

/// <summary>A service whose database holds a text in every place that is sealed, and everything secret that a person or a machine has.</summary>
internal sealed class EverythingSealed
{
    public const string CardNumber = "NUMBER-AT-REST-5501";
    public const string CardPassword = "PASSWORD-AT-REST-5501";
    public const string NotificationBody = "NOTIFICATION-AT-REST-5501";
    public const string ReceiptText = "RECEIPT-AT-REST-5501";
    public const string AnswerText = "ANSWER-AT-REST-5501";
    private const string QuestionToken = "QUESTION-TOKEN-AT-REST-5501";
    private const string SinkSecret = "SEC-SINK-AT-REST-5501";
    private const string ChannelSecret = "CHANNEL-SECRET-AT-REST-5501";

    /// <summary>What a receiver of another protocol answered: it looks sealed, and never was.</summary>
    public const string LooksSealed = "v1.00000000.bm90IHNlYWxlZA==";

    private EverythingSealed(Service service, Merchant merchant, string paidOrder, IReadOnlyList<string> secrets) =>
        (Service, Merchant, PaidOrder, Secrets) = (service, merchant, paidOrder, secrets);

    public Service Service { get; }

    public Merchant Merchant { get; }

    public string PaidOrder { get; }

    /// <summary>What must stand nowhere in the files.</summary>
    public IReadOnlyList<string> Secrets { get; }

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static async Task<EverythingSealed> MakeAsync(Service service)
    {
        // 1. An app with a channel's secret, cards in stock and with an order.
        var merchant = await Merchant.NewAsync(service, new { channels = new { apple = new { bundleId = Service.AppleBundle, sharedSecret = ChannelSecret } } });
        object[] cards = [new { cardType = 1, cardNo = CardNumber, cardPassword = CardPassword, cardRect = "" }, merchant.NewCard("5501-stock")];
        Assert.Equal((2, 0), await merchant.ImportAsync("p", cards));
        var paid = await merchant.OrderedAsync("p");
        await merchant.PayAsync(paid);
        Assert.Equal("success", (await merchant.QueryAsync(paid)).Status);
        // Its callback, which nobody takes, waits for a time that does not come: nothing writes its answer any more.
        await Merchant.UntilAsync(async () => await merchant.CallbacksAsync(paid) is [{ Status: CallbackStatus.Pending, Attempts: > 0 }]);
        var callback = Assert.Single(await merchant.CallbacksAsync(paid)).Id;

        // 2. An operator with a second factor in use, another one whose factor is not confirmed yet; a token.
        var (name, first) = await Person.MakeAsync(service, "viewer");
        using var person = new Person(service.Http.BaseAddress!) { Name = name };
        Assert.Equal(HttpStatusCode.OK, (await person.SignInAsync(first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Put, "/session/password", new { password = first, newPassword = Person.Password })).Status);
        var factor = await DrawAsync(person);
        var code = new Totp(Base32Encoding.ToBytes(factor)).ComputeTotp(service.Clock.GetUtcNow().UtcDateTime);
        Assert.Equal(HttpStatusCode.OK, (await person.CallAsync(HttpMethod.Post, "/session/totp", new { code })).Status);
        using var other = await Person.NewAsync(service, "viewer");
        var nextFactor = await DrawAsync(other);
        var (_, token) = await service.CallAsync(HttpMethod.Post, "/api/v1/tokens", new { name = Person.NewName("machine"), role = "viewer", games = (long[]?)null });

        var sink = new { name = "robot-5501", kind = "dingtalk", url = "http://127.0.0.1:9/robot/send?access_token=TOKEN-AT-REST-5501", secret = SinkSecret, allowedNetworks = new[] { "127.0.0.0/8" } };
        var (sinks, refused) = await service.CallAsync(HttpMethod.Put, "/api/v1/alert-sinks", new { items = new[] { sink } });
        Assert.True(sinks == HttpStatusCode.OK, refused.GetRawText());

        // A store's question, whose token the answer repeats.
        var app = service.Services.GetRequiredService<AppCatalog>().Find(long.Parse(merchant.GameId))!;
        var purchase = new Payment { Channel = "google", TransactionId = "GPA.5501", Environment = Payment.Production };
        await service.Services.GetRequiredService<RefundQuestionStore>().KeepAsync(
            app, "google", new RefundQuestion("q-5501", purchase, QuestionToken, 1, service.Clock.GetUtcNow().ToUnixTimeMilliseconds() + 3_600_000), Now);

        // 3. A notification, a receipt that waits, and answers of receivers.
        var vault = service.Services.GetRequiredService<Vault>();
        var gameId = long.Parse(merchant.GameId);
        await service.Services.GetRequiredService<NotificationStore>().InsertAsync(
            "google", gameId, "n-5501", new RawNotification(new Dictionary<string, string>(), Encoding.UTF8.GetBytes(NotificationBody), 1), []);
        var id = OrderId.FromStore(paid);
        var lookup = new PaymentLookup
        {
            OrderId = id, Key = "receipt:5501", GameId = gameId, Sealed = vault.Seal(ReceiptText, $"receipt of order {id}"), SinceMs = 1, DueMs = null,
        };
        await service.Services.GetRequiredService<Database>().WriteAsync(
            async transaction =>
            {
                Assert.True(await PaymentLookupTable.InsertAsync(transaction, lookup));
                var answer = vault.Seal(AnswerText, $"answer to {callback}");
                Assert.Equal(1, await transaction.ExecuteAsync("UPDATE callbacks SET response = $2 WHERE order_id = $1", paid, answer));
                foreach (var (number, response) in new[] { (90, answer), (91, LooksSealed) })
                {
                    await transaction.ExecuteAsync(
                        "INSERT INTO callback_attempts (order_id, callback_number, number, started_ms, response) VALUES ($1, $2, $3, 1, $4)", paid, callback.Number, number, response);
                }
                return true;
            },
            Now);
        string[] secrets =
        [
            Merchant.Secret, ChannelSecret, SinkSecret, QuestionToken, "TOKEN-AT-REST-5501", CardNumber, CardPassword, first, Person.Password, factor, nextFactor, token.GetProperty("secret").GetString()!,
            person.Cookie!.Split('=', 2)[1], person.Csrf!, Service.Token, CommandLine.MasterKey, "01234567890123456789012345678901", NotificationBody, ReceiptText, AnswerText,
        ];
        return new EverythingSealed(service, merchant, paid, secrets);
    }

    /// <summary>Every column of every row of every table, one text a value.</summary>
    public static async Task<List<(string Table, string Value)>> ValuesAsync(Database database)
    {
        var values = new List<(string Table, string Value)>();
        foreach (var table in Distribution.Tables.Select(place => place.Table).Concat(Distribution.Local))
        {
            var rows = await database.SearchAsync(
                transaction => transaction.QueryAsync(
                    $"SELECT * FROM {table}", row => Enumerable.Range(0, row.FieldCount).Select(i => $"{row.GetValue(i)}").ToList()),
                Now);
            values.AddRange(rows.SelectMany(row => row).Select(value => (table, value)));
        }
        return values;
    }

    private static async Task<string> DrawAsync(Person person)
    {
        var (status, json) = await person.CallAsync(HttpMethod.Post, "/session/totp", new { password = Person.Password });
        Assert.True(status == HttpStatusCode.OK, json.GetRawText());
        return json.GetProperty("secret").GetString()!;
    }
}
