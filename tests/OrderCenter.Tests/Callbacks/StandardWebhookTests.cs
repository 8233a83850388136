using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Domain;
using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Tests.Callbacks;

/// <summary>The headers beside every body, and where bodies may go.</summary>
public sealed class StandardWebhookTests
{
    [Fact]
    public void The_public_vector_passes()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "more.json")));
        var vector = document.RootElement.EnumerateArray().Single(entry => entry.TryGetProperty("whsec", out _));
        var sign = StandardWebhook.Sign(
            vector.GetProperty("id").GetString()!, vector.GetProperty("timestamp").GetInt64(), Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!),
            new Secret(vector.GetProperty("secret").GetString()!));
        Assert.Equal(vector.GetProperty("signature").GetString(), sign);
    }

    /// <summary>A thread keeps the keys of its last secrets: whichever it signs with next, and however many there are.</summary>
    [Fact]
    public void Signatures_of_many_secrets_on_one_thread_stay_apart()
    {
        var secrets = Enumerable.Range(0, 200).Select(i => new Secret($"secret-{i}")).ToList();
        foreach (var i in secrets.Select((_, i) => i).Concat(secrets.Select((_, i) => i * 37 % 200)))
        {
            var body = Encoding.UTF8.GetBytes(new string('b', i));
            byte[] signed = [.. Encoding.UTF8.GetBytes($"cb_{i}_1.{1_700_000_000 + i}."), .. body];
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secrets[i].Reveal()), signed);
            Assert.Equal("v1," + Convert.ToBase64String(expected), StandardWebhook.Sign($"cb_{i}_1", 1_700_000_000 + i, body, secrets[i]));
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("::ffff:0:8.8.8.8")]
    [InlineData("64:ff9b:1::10.0.0.1")]
    [InlineData("fec0::1")]
    [InlineData("100::1")]
    [InlineData("1::1")]
    [InlineData("4000::1")]
    [InlineData("2606:4700::5efe:10.0.0.1")]
    [InlineData("2606:4700::200:5efe:169.254.169.254")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void Special_addresses_are_refused_unless_they_are_allowed(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.False(SsrfGuard.IsAllowed(address, []));
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Assert.True(SsrfGuard.IsAllowed(address, [new IPNetwork(plain, plain.GetAddressBytes().Length * 8)]));
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    [InlineData("2a00:1450:4001:80b::200e")]
    public void Addresses_of_the_public_internet_are_called(string text) => Assert.True(SsrfGuard.IsAllowed(IPAddress.Parse(text), []));

    [Theory]
    [InlineData("cb_10011_1", true)]
    [InlineData("cb_10011_1796000000000", true)]
    [InlineData("cb_10011_1796000000000000", false)]
    [InlineData("cb_10011_", false)]
    [InlineData("cb_x_1", false)]
    [InlineData("cb_10011_1_1", false)]
    [InlineData("10011_1", false)]
    [InlineData(null, false)]
    public void A_callbacks_name_is_read_strictly(string? text, bool good)
    {
        Assert.Equal(good, CallbackId.TryParse(text, out var id));
        Assert.Equal(good ? text : "cb__0", id.ToString());
    }
}
