using System.Net;
using OrderCenter.Apps;
using OrderCenter.Domain;

namespace OrderCenter.Alerts.Settings;

/// <summary>Where alerts go: what an admin sets, as it is stored (sealed) and, with its secrets masked, shown.</summary>
public sealed record AlertSink
{
    /// <summary>The texts of <see cref="Language"/>.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["both", "en", "zh"];

    /// <summary>What tells sinks apart.</summary>
    public string? Name { get; init; }

    /// <summary><c>dingtalk</c>, <c>wecom</c>, <c>feishu</c>, <c>smtp</c> or <c>webhook</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>The robot's or the receiver's address; not for mail.</summary>
    public string? Url { get; init; }

    /// <summary>What messages are signed with: of DingTalk and Feishu where the robot has one, of a webhook always.</summary>
    public string? Secret { get; init; }

    /// <summary>Only for mail.</summary>
    public SmtpSettings? Smtp { get; init; }

    /// <summary><c>both</c>, <c>en</c> or <c>zh</c>; left out: both.</summary>
    public string? Language { get; init; }

    /// <summary>Only alerts of these conditions; null: of all.</summary>
    public IReadOnlyList<string>? Conditions { get; init; }

    /// <summary>Only alerts of these games; null: of all, and those of none.</summary>
    public IReadOnlyList<long>? Games { get; init; }

    /// <summary>Only from this severity on, <c>warning</c> or <c>critical</c>; left out: all.</summary>
    public string? Severity { get; init; }

    /// <summary>Networks that the sink may be in beside the public internet.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    public bool Disabled { get; init; }

    internal IReadOnlyList<IPNetwork> Networks => NetworkText.ParseList(AllowedNetworks);

    internal GameLimit Limit => GameLimit.Of(Games);

    /// <summary>Whether the sink is told of an alert.</summary>
    internal bool Takes(string condition, long gameId, AlertSeverity severity) =>
        !Disabled && Limit.Allows(gameId) && Conditions?.Contains(condition, StringComparer.Ordinal) != false
        && (Severity is null || (AlertTexts.Severity.TryParse(Severity, out var least) && severity >= least));

    /// <summary>Without its secrets, wherever it is printed.</summary>
    public override string ToString() => $"{Kind} {Name}";
}
