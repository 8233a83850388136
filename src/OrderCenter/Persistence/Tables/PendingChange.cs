using OrderCenter.Domain.Changes;
using OrderCenter.Domain.Statistics;

namespace OrderCenter.Persistence.Tables;

/// <summary>What waits in <c>pending_changes</c>: a change that waits for its number, with what it changes in the statistics, or only
/// figures for these. What is of the statistics alone never enters the feed.</summary>
/// <param name="Game">The order's game.</param>
/// <param name="Change">What happened; null: only figures.</param>
/// <param name="Order">What the change counts; null: nothing.</param>
/// <param name="Attempt">The attempt that made the change, or that is all there is; null: none.</param>
/// <param name="Refusal">Refused receipts; null: none.</param>
internal sealed record PendingChange(
    long Game, StoredChange? Change, OrderFigures? Order = null, CallbackFigure? Attempt = null, RefusalFigure? Refusal = null)
{
    public Change? ToChange() => Change?.In(Game);
}
