using OrderCenter.Domain;

namespace OrderCenter.Payments.Statements;

/// <summary>The accounts of a channel in one app that have one statement between them: mostly a single account.</summary>
/// <param name="Name">The account that stands for them; null: the app has one account of the channel.</param>
/// <param name="View">The app as it is with this account only: what the channel reads its settings from.</param>
/// <param name="Members">All of them by name; none where the app has one account.</param>
public sealed record StatementAccount(string? Name, App View, IReadOnlyList<string> Members)
{
    /// <summary>The one that is named, by whichever of its accounts; where there is but one, it need not be.</summary>
    /// <returns>Null: none is, and what to name.</returns>
    public static StatementAccount? Choose(IReadOnlyList<StatementAccount> accounts, string? name, out string fault)
    {
        fault = accounts is [{ Name: null }]
            ? "must be left out: the app has one account of this channel"
            : $"must be one of {string.Join(", ", accounts.SelectMany(account => account.Members))}";
        return name is null
            ? accounts is [var only] ? only : null
            : accounts.FirstOrDefault(account => account.Members.Contains(name, StringComparer.Ordinal));
    }
}
