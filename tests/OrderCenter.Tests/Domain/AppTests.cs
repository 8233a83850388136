using System.Net;
using OrderCenter.Domain;

namespace OrderCenter.Tests.Domain;

/// <summary>Who may speak for an app, and which secret counts when.</summary>
public sealed class AppTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:11.1.2.3", false)]
    [InlineData("192.0.2.7/32", "192.0.2.7", true)]
    [InlineData("192.0.2.7/32", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::1/128", "127.0.0.1", false)]
    public void An_address_is_judged_by_the_networks(string network, string address, bool allowed) =>
        Assert.Equal(allowed, With(network).Allows(IPAddress.Parse(address)));

    [Fact]
    public void An_empty_list_allows_all_and_a_list_allows_no_unknown_caller()
    {
        Assert.True(With().Allows(null));
        Assert.True(With().Allows(IPAddress.Parse("203.0.113.1")));
        Assert.False(With("0.0.0.0/0").Allows(null));
        Assert.True(With("10.0.0.0/8", "2001:db8::/32").Allows(IPAddress.Parse("2001:db8::9")));
    }

    [Fact]
    public void The_first_valid_secret_signs_and_an_app_without_one_is_closed()
    {
        var app = With() with { Secrets = [new AppSecret(new Secret("new"), 5, null), new AppSecret(new Secret("old"), 0, 100)] };
        Assert.Equal("new", app.SigningSecret(99)!.Reveal());
        Assert.Equal((true, false), (app.Secrets[1].IsValidAt(99), app.Secrets[1].IsValidAt(100)));
        Assert.Null(With().SigningSecret(0));
        Assert.Null((With() with { Secrets = [new AppSecret(new Secret("old"), 0, 100)] }).SigningSecret(100));
    }

    [Fact]
    public void A_secret_prints_as_stars()
    {
        var secret = new AppSecret(new Secret("do not show"), 0, null);
        Assert.DoesNotContain("do not show", $"{secret} {secret.Value} {With() with { Secrets = [secret] }}", StringComparison.Ordinal);
    }

    [Fact]
    public void Testers_are_told_apart_by_case()
    {
        var app = With() with { Testers = ["Tester"] };
        Assert.Equal((true, false, true), (app.AcceptsSandboxOf("Tester"), app.AcceptsSandboxOf("tester"), (app with { AllowSandbox = true }).AcceptsSandboxOf("anyone")));
    }

    private static App With(params string[] networks) => new() { GameId = 1, Name = "n", Protocol = "OrderApi", Secrets = [], AllowedIps = [.. networks.Select(IPNetwork.Parse)] };
}
