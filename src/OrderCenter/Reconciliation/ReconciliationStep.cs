using OrderCenter.Reconciliation.Discrepancies;

namespace OrderCenter.Reconciliation;

/// <summary>The result of one step: the run as it is afterwards, the discrepancies found, and what is added to
/// product totals.</summary>
internal sealed record ReconciliationStep(ReconciliationRun Run, List<Discrepancy> Found, List<ProductTotal> Totals);
