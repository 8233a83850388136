using OrderCenter.Domain;

namespace OrderCenter.Payments.Statements;

/// <summary>A channel whose statements can be fetched from its store.</summary>
public interface IStatementSource
{
    /// <summary>When the store publishes them; null: the app's settings of this channel do not ask for them to be fetched.</summary>
    StatementSchedule? Schedule(App app);

    /// <summary>Fetches the statement of a period of the schedule.</summary>
    ValueTask<StatementFetch> FetchAsync(App app, StatementPeriod period, CancellationToken cancellationToken);
}
