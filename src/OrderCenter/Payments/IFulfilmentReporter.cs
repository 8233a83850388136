using OrderCenter.Domain;

namespace OrderCenter.Payments;

/// <summary>A channel whose store requires a report that the goods were delivered (Google: consume and acknowledge).</summary>
public interface IFulfilmentReporter
{
    /// <summary>As <see cref="RefundsAfter"/>, of a store that wants the report and refunds nothing without it.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromDays(100 * 365);

    /// <summary>The answer where the store does not know the purchase: another account of the app may have it, and where none has, there is
    /// nothing to report.</summary>
    public const string NotThere = "the store does not know the purchase";

    /// <summary>How long after a purchase the store refunds by itself without a report.</summary>
    TimeSpan RefundsAfter { get; }

    /// <summary>How long after a purchase the store is told that it is accepted, though its goods are still to come. Default: after two
    /// thirds of the time until it refunds.</summary>
    /// <param name="isTest">Whether a tester bought it.</param>
    TimeSpan AcceptsAfter(bool isTest) => RefundsAfter * 2 / 3;

    /// <summary>Whether an app has what reporting takes. No report is written where it has not.</summary>
    bool IsConfigured(App app);

    /// <summary>Reports that the goods were delivered. Safe to repeat.</summary>
    /// <returns>Null: reported, or nothing to report. <see cref="NotThere"/>: the store does not know the purchase. Otherwise why not; it
    /// is tried again later.</returns>
    ValueTask<string?> ReportDeliveredAsync(App app, Order order, Payment payment, CancellationToken cancellationToken);

    /// <summary>Reports that the purchase is accepted and its goods are still to come, so that the store does not refund it. Safe to
    /// repeat.</summary>
    /// <returns>As <see cref="ReportDeliveredAsync"/>.</returns>
    ValueTask<string?> ReportAcceptedAsync(App app, Order order, Payment payment, CancellationToken cancellationToken);
}
