namespace OrderCenter.Alerts.Facts;

/// <summary>Sees the values of some conditions, in the database: the node that evaluates asks it. What only a node itself sees is an
/// <see cref="INodeSource"/>.</summary>
internal interface IAlertSource
{
    /// <summary>The conditions that it sees; where it fails, nothing is known about them.</summary>
    IReadOnlyList<AlertCondition> Conditions { get; }

    /// <summary>How often it is asked; zero: at every step.</summary>
    TimeSpan Period { get; }

    /// <summary>What it sees now. Values for which no condition holds may be left out.</summary>
    /// <param name="open">The open alerts.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <exception cref="Persistence.DatabaseBusyException">The database is busy.</exception>
    Task<IReadOnlyList<AlertFact>> ReadAsync(IReadOnlyList<Alert> open, CancellationToken cancellationToken);
}
