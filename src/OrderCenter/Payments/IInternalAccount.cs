using OrderCenter.Domain;
using OrderCenter.Persistence;

namespace OrderCenter.Payments;

/// <summary>A channel whose payments come from an account that this installation keeps itself, such as points.</summary>
public interface IInternalAccount
{
    /// <summary>Gives back money of what an order was charged, in the refund's own transaction. An order that was not charged is given
    /// nothing; the same number again gives nothing more.</summary>
    /// <returns>False: it cannot be given back, and nothing was done.</returns>
    ValueTask<bool> RefundAsync(Transaction transaction, Order order, Money money, string number, AuditContext by, long nowMs);
}
