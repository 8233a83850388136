using System.Security.Cryptography;
using System.Text;
using OrderCenter.Encodings;

namespace OrderCenter.Tests.Encodings;

public sealed class Md5DigestTests
{
    private static readonly byte[] Canonical = "gameid=1001&platorderid=1&time=2&"u8.ToArray();

    [Fact]
    public void The_digest_is_of_the_text_followed_by_the_secret()
    {
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData("gameid=1001&platorderid=1&time=2&钥匙🔑"u8)), Md5Digest.Of(Canonical, "钥匙🔑"));
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", Md5Digest.Of(default, ""));
    }

    [Fact]
    public void A_received_digest_matches_without_regard_to_case()
    {
        var sign = Md5Digest.Of(Canonical, "k");

        Assert.True(Md5Digest.Matches(Encoding.ASCII.GetBytes(sign), Canonical, "k"));
        Assert.True(Md5Digest.Matches(Encoding.ASCII.GetBytes(sign.ToUpperInvariant()), Canonical, "k"));
        Assert.True(Md5Digest.Matches(Encoding.ASCII.GetBytes(sign[..16].ToUpperInvariant() + sign[16..]), Canonical, "k"));
    }

    [Fact]
    public void No_other_digest_matches()
    {
        var sign = Encoding.ASCII.GetBytes(Md5Digest.Of(Canonical, "k"));

        Assert.False(Md5Digest.Matches(sign, Canonical, "l"));
        Assert.False(Md5Digest.Matches(sign, "gameid=1002&"u8, "k"));
        Assert.False(Md5Digest.Matches(default, Canonical, "k"));
        Assert.False(Md5Digest.Matches(sign.AsSpan(0, 31), Canonical, "k"));
        Assert.False(Md5Digest.Matches([.. sign, (byte)'0'], Canonical, "k"));
        for (var i = 0; i < sign.Length * 8; i++)
        {
            var flipped = sign.ToArray();
            flipped[i / 8] ^= (byte)(1 << (i % 8));
            // Turning 0x20 over in a letter only changes its case.
            var sameLetter = i % 8 == 5 && char.IsAsciiLetter((char)sign[i / 8]);
            Assert.Equal(sameLetter, Md5Digest.Matches(flipped, Canonical, "k"));
        }
    }

    [Fact]
    public void An_empty_secret_signs_nothing() => Assert.False(Md5Digest.Matches(Encoding.ASCII.GetBytes(Md5Digest.Of(Canonical, "")), Canonical, ""));
}
