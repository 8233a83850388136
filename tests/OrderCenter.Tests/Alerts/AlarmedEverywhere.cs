using System.Text.Json;
using OrderCenter.Simulator.Stores;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Alerts;

/// <summary>A service whose alerts go to a sink of every kind, and the stores whose faults they are about.</summary>
public sealed class AlarmedEverywhere : Alarmed, IAsyncLifetime
{
    public GooglePlayServer Play { get; private set; } = null!;

    public AppStoreServer AppStore { get; private set; } = null!;

    public Alipay Alipay { get; private set; } = null!;

    private MailReceiver Mail { get; } = new();

    private SinkReceiver Receiver { get; set; } = null!;

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Play = await GooglePlayServer.StartAsync(Clock, GooglePackage);
        AppStore = await AppStoreServer.StartAsync(Apple, Clock, AppleBundle);
        Alipay = await Alipay.StartAsync(Clock, CancellationToken.None);
        Receiver = await SinkReceiver.StartAsync(Clock);
        await SetSinksAsync([.. SinkReceiver.Kinds.Select(kind => Receiver.Sink(kind)), Mail.Sink()]);
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        await Mail.DisposeAsync();
        await Play.DisposeAsync();
        await AppStore.DisposeAsync();
        await Alipay.DisposeAsync();
    }

    /// <summary>Waits until there is one open alert and every sink is told of it.</summary>
    internal async Task<JsonElement> ToldAsync(string condition, string? gameId = null)
    {
        var alert = await RaisedAsync(condition, gameId);
        await UntilToldAsync(alert, "Alert");
        return alert;
    }

    /// <summary>Waits until an alert is over and every sink is told of that.</summary>
    internal async Task EndToldAsync(JsonElement alert)
    {
        await RecoveredAsync(alert);
        await UntilToldAsync(alert, "Recovered");
        Assert.Equal(0, Receiver.Refused);
    }

    /// <summary>Waits until every sink has taken a message about an alert.</summary>
    internal Task UntilToldAsync(JsonElement alert, string begin)
    {
        var (id, english) = (alert.GetProperty("id").GetString()!, alert.GetProperty("english").GetString());
        bool IsIn(IEnumerable<string> texts) => texts.SelectMany(text => text.Split("\n\n"))
            .Any(one => one.Contains(id, StringComparison.Ordinal) && one.StartsWith($"[OrderCenter] {begin}: {english}\n", StringComparison.Ordinal));
        return UntilAsync(
            () => Task.FromResult(
                SinkReceiver.Kinds.All(kind => IsIn(Receiver.Texts(kind))) && IsIn(Mail.Mails.Select(mail => mail.Mail.TextBody?.ReplaceLineEndings("\n") ?? ""))),
            $"not every sink is told: {begin}, {english}");
    }
}
