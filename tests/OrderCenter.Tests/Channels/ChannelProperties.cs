using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Channels.Apple;
using OrderCenter.Channels.Google;
using OrderCenter.Domain;
using OrderCenter.Payments;

namespace OrderCenter.Tests.Channels;

/// <summary>Whatever is done to a genuine receipt, it is not paid any more, and nothing throws. A failure prints its seed.</summary>
public sealed class ChannelProperties
{
    private static readonly GoogleChannel Google = Given.NewGoogle();
    private static readonly AppleChannel Apple = Given.NewApple();

    private enum Edit
    {
        Replace,
        Insert,
        Delete,
        Copy,
        Cut,
    }

    private sealed record Mutation(Edit Edit, int At, byte Value);

    [Fact]
    public void No_mutation_of_a_google_receipt_is_paid() =>
        Check(Google, Given.GoogleApp, Encoding.UTF8.GetBytes(Given.GooglePlay.Purchase(Given.GooglePurchase())));

    [Fact]
    public void No_mutation_of_an_apple_receipt_is_paid() =>
        Check(Apple, Given.AppleApp, Encoding.UTF8.GetBytes(Given.AppStore.Purchase(Given.AppleTransaction())));

    [Fact]
    public void Random_bytes_are_never_paid()
    {
        for (var i = 0; i < 500; i++)
        {
            var bytes = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(0, 300));
            string[] texts =
            [
                Encoding.Latin1.GetString(bytes), Convert.ToBase64String(bytes), $"{{\"signedTransaction\":\"{Convert.ToHexString(bytes)}.AAAA.AAAA\"}}",
                $"{{\"json\":\"{{}}\",\"signature\":\"{Convert.ToBase64String(bytes)}\"}}",
            ];
            foreach (var text in texts)
            {
                Assert.False(Given.Judge(Google, Given.GoogleApp, Given.Order(), Encoding.UTF8.GetBytes(text)) is Verdict.Paid, text);
                Assert.False(Given.Judge(Apple, Given.AppleApp, Given.Order(), Encoding.UTF8.GetBytes(text)) is Verdict.Paid, text);
            }
        }
    }

    private static void Check(IChannel channel, App app, byte[] genuine)
    {
        Assert.IsType<Verdict.Paid>(Given.Judge(channel, app, Given.Order(), genuine));
        var mutations =
            from edit in Gen.Elements(Enum.GetValues<Edit>())
            from at in Gen.Choose(0, genuine.Length - 1)
            from value in Gen.Choose(0, 255)
            select new Mutation(edit, at, (byte)value);
        Prop.ForAll(mutations.NonEmptyListOf().ToArbitrary(), list =>
        {
            var mutated = list.Aggregate(genuine, Apply);
            // Blanks outside the strings change nothing that is signed, and edits may undo each other.
            return Meaning(mutated) == Meaning(genuine) || Given.Judge(channel, app, Given.Order(), mutated) is not Verdict.Paid;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500).WithEndSize(20));
    }

    private static byte[] Apply(byte[] bytes, Mutation mutation)
    {
        if (bytes.Length == 0)
        {
            return bytes;
        }
        var at = mutation.At % bytes.Length;
        switch (mutation.Edit)
        {
            case Edit.Replace:
                var replaced = bytes.ToArray();
                replaced[at] = mutation.Value;
                return replaced;
            case Edit.Insert:
                return [.. bytes[..at], mutation.Value, .. bytes[at..]];
            case Edit.Delete:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            case Edit.Copy:
                return [.. bytes[..at], .. bytes[..(mutation.Value % bytes.Length)], .. bytes[at..]];
            default:
                return bytes[..at];
        }
    }

    /// <summary>The decoded texts that the channels judge.</summary>
    private static string Meaning(byte[] bytes)
    {
        if (!Receipt.TryParse(bytes, out var receipt, out _))
        {
            return "";
        }
        try
        {
            return string.Join('\n', new[] { "json", "signature", "signedTransaction" }.Select(name => receipt.Root.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString() : null));
        }
        catch (InvalidOperationException)
        {
            return "unreadable";
        }
    }
}
