using OrderCenter.Domain;

namespace OrderCenter.Payments.RefundQuestions;

/// <summary>How much of an order's goods the player has used, as the game told: in thousandths of a percent, 0 to 100,000. Null: it told
/// nothing.</summary>
public delegate Task<int?> FindConsumedShare(OrderId id, CancellationToken cancellationToken);
