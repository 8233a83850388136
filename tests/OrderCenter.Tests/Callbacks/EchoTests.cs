using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Tests.CardRecharge;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Callbacks;

/// <summary>What was sent as secret is not in what is kept of the receiver's answer, however short the answer and however it is written there.</summary>
public sealed class EchoTests(EchoTests.Calling service) : IClassFixture<EchoTests.Calling>
{
    private const string Password = "p/w \"é\\😀+<1>";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public sealed class Calling : Service
    {
        protected override IReadOnlyList<string> Settings => ["--Callbacks:AllowPrivateNetworks=true"];
    }

    public static TheoryData<string> Written() =>
    [
        Password,
        "got p/w \"é\\😀+<1>!",
        """{"card_password":"p\/w \"\u00e9\\\ud83d\ude00+<1>"}""",
        """{"card_password":"p/w \u0022\u00E9\\\uD83D\uDE00\u002B\u003C1\u003E"}""",
        """{"echo":"{\"card_password\":\"p\\/w \\\"\\u00e9\\\\\\ud83d\\ude00+<1>\"}"}""",
        "p=" + Uri.EscapeDataString(Password),
        "p=" + Uri.EscapeDataString(Password).ToLowerInvariant().Replace("%20", "+", StringComparison.Ordinal),
        "p=" + Uri.EscapeDataString(Uri.EscapeDataString(Password)),
        "<b>p/w &quot;é\\😀+&lt;1&gt;</b>",
        "<b>p/w &#34;&#xE9;&#92;&#128512;+&#60;1&#62;</b>",
        "P/W \"É\\😀+<1>",
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Password)),
    ];

    [Theory]
    [MemberData(nameof(Written))]
    public void A_secret_is_masked_in_every_writing(string answer)
    {
        var kept = ResponseRedactor.Redact(answer, [Password], isCut: false);
        Assert.Contains("***", kept, StringComparison.Ordinal);
        foreach (var left in new[] { "1>", "😀", "%F0", "ud83d", "128512", "f09f9880", "8J+Yg" })
        {
            Assert.DoesNotContain(left, kept, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("code abcd1234", "*** abcd1234", "code")]
    [InlineData("abcd1234 and ABCD1234", "*** and ***", "abcd1234")]
    [InlineData("abcd12345", "***5", "abcd1234")]
    [InlineData("abcd12345", "***", "abcd1234|abcd12345")]
    [InlineData("success", "success", "abcd1234")]
    [InlineData("", "", "abcd1234")]
    [InlineData("\\\\\\", "\\\\\\", "abcd1234")]
    [InlineData("%%%2&&#;&#x;\\u", "%%%2&&#;&#x;\\u", "abcd1234")]
    [InlineData("a bad answer", "(not kept: it may repeat a secret that was sent)", "a")]
    [InlineData("fine", "fine", "z|q")]
    public void Nothing_else_is(string answer, string kept, string secrets) => Assert.Equal(kept, ResponseRedactor.Redact(answer, secrets.Split('|'), isCut: false));

    [Fact]
    public void The_beginning_of_a_secret_where_the_answer_is_cut_is_masked_too()
    {
        for (var length = 1; length < Password.Length; length++)
        {
            foreach (var written in new[] { Password[..length], Uri.EscapeDataString(Password.Replace("😀", "好好", StringComparison.Ordinal))[..length] })
            {
                var kept = ResponseRedactor.Redact("....." + written, [Password, Password.Replace("😀", "好好", StringComparison.Ordinal)], isCut: true);
                Assert.Equal((written, ".....***"), (written, kept));
            }
        }
    }

    [Fact]
    public void Any_text_is_masked_in_bounded_time_and_never_throws()
    {
        const int Seed = 22;
        var random = new Random(Seed);
        var secrets = Enumerable.Range(0, 200).Select(_ => Text(random, 40)).Where(secret => secret.Length > 3).ToList();
        for (var i = 0; i < 50; i++)
        {
            ResponseRedactor.Redact(Text(random, 400) + secrets[random.Next(secrets.Count)] + Text(random, 100), secrets, isCut: i % 2 == 0);
        }

        static string Text(Random random, int lengthMax)
        {
            const string Alphabet = "aA1%\\u0022&#x;+ \"/\ud83d\ude00é<25";
            return string.Concat(Enumerable.Range(0, random.Next(lengthMax)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
        }
    }

    [Theory]
    [InlineData("abc-987-xyz", "abc-987-xyz", "***")]
    [InlineData("abc-987-xyz", "no: abc-987-xyz", "no: ***")]
    [InlineData("x", "xyz", "(not kept: it may repeat a secret that was sent)")]
    [InlineData("s", "success", "success")]
    public async Task A_short_echo_of_a_card_is_neither_stored_nor_shown(string password, string answer, string kept)
    {
        await using var receiver = await StartAsync(answer);
        var merchant = await Merchant.NewAsync(service);
        var id = await merchant.OrderedAsync("p", notifyUrl: receiver.Urls.First() + "/notify");
        Assert.Equal(200, (await merchant.ResultAsync(id, "success", [new { cardType = 1, cardNo = "no-" + merchant.GameId, cardPassword = password }])).Status);
        await Merchant.UntilAsync(async () => await ResponseAsync() is not null);
        Assert.Equal(kept, await ResponseAsync());

        async Task<string?> ResponseAsync()
        {
            var attempts = (await service.OrderAsync(id)).GetProperty("callbacks")[0].GetProperty("attempts");
            return attempts.GetArrayLength() == 0 ? null : attempts[0].GetProperty("response").GetString();
        }
    }

    private static async Task<WebApplication> StartAsync(string answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        var app = builder.Build();
        app.MapPost("/notify", () => Results.Text(answer));
        await app.StartAsync(Now);
        return app;
    }
}
