using OrderCenter.Domain;

namespace OrderCenter.Persistence.Tables;

/// <summary>An order with the payment that paid it.</summary>
public sealed class OrderRow(Order order, string? payment)
{
    private Payment? _payment;

    public Order Order => order;

    /// <summary>As it was just written.</summary>
    public static OrderRow Of(Order order, Payment? payment) => new(order, payment: null) { _payment = payment };

    /// <summary>Parsed at the first use: most readers of an order do not use it.</summary>
    public Payment? Payment => payment is null ? _payment : _payment ??= OrderTable.ReadPayment(payment);
}
