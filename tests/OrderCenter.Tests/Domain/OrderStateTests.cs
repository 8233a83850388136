using FsCheck;
using FsCheck.Fluent;
using OrderCenter.Domain;

namespace OrderCenter.Tests.Domain;

/// <summary>The state machine: what is legal, and what can never come of any run of legal moves.</summary>
public sealed class OrderStateTests
{
    private static readonly OrderState[] States = [.. from pay in Enum.GetValues<PayState>() from progress in Enum.GetValues<Progress>() select new OrderState(pay, progress)];

    /// <summary>The table as protocols.md and docs/ tell it: from, then every state that may follow.</summary>
    private static readonly string[] Table =
    [
        "Unpaid/Created: Unpaid/Closed Unpaid/Review Unpaid/Delivered Unpaid/Failed Paid/Created Paid/Delivering Paid/Review",
        "Unpaid/Closed: Paid/Created Paid/Delivering Paid/Review",
        "Unpaid/Review: Unpaid/Created Unpaid/Closed Paid/Created Paid/Delivering Paid/Review",
        "Unpaid/Delivered: Paid/Delivered",
        "Unpaid/Failed: Paid/Failed",
        "Paid/Created: Paid/Delivered Paid/Delivering Paid/Failed Paid/Review Refunded/Closed",
        "Paid/Delivered: Refunded/Delivered",
        "Paid/Delivering: Paid/Delivered Paid/Failed Paid/Review Refunded/Closed",
        "Paid/Failed: Paid/Delivered Paid/Delivering Paid/Review Refunded/Closed",
        "Paid/Review: Paid/Created Paid/Delivering Refunded/Closed",
        "Refunded/Delivered: Paid/Delivered",
        "Refunded/Closed: Paid/Review",
    ];

    [Fact]
    public void The_legal_moves_are_the_table() =>
        Assert.Equal(
            Table.SelectMany(row => row.Split(": ")[1].Split(' ').Select(to => $"{row.Split(": ")[0]} {to}")).Order(StringComparer.Ordinal),
            OrderState.LegalMoves.Select(move => $"{Name(move.From)} {Name(move.To)}").Order(StringComparer.Ordinal));

    [Fact]
    public void CanMoveTo_says_what_the_table_says() =>
        Prop.ForAll(Gen.Elements(States).ToArbitrary(), Gen.Elements(States).ToArbitrary(), (from, to) => from.CanMoveTo(to) == OrderState.LegalMoves.Contains((from, to)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_move_keeps_or_advances_the_money_but_for_the_stores_own_reversal() =>
        Assert.All(OrderState.LegalMoves, move => Assert.True(
            move.To.Pay >= move.From.Pay || move is { From.Pay: PayState.Refunded, To.Pay: PayState.Paid, To.Progress: Progress.Delivered or Progress.Review }, $"{move}"));

    [Fact]
    public void No_move_stands_still_and_a_refund_never_skips_the_payment()
    {
        Assert.All(OrderState.LegalMoves, move => Assert.NotEqual(move.From, move.To));
        Assert.All(OrderState.LegalMoves, move => Assert.True(Math.Abs((int)move.To.Pay - (int)move.From.Pay) <= 1, $"{move}"));
    }

    [Fact]
    public void Delivered_goods_stay_delivered() =>
        Assert.All(OrderState.LegalMoves.Where(move => move.From.Progress == Progress.Delivered), move => Assert.Equal(Progress.Delivered, move.To.Progress));

    [Fact]
    public void A_game_is_never_being_told_of_an_unpaid_order_and_a_refunded_one_is_delivered_or_closed() =>
        Assert.All(OrderState.LegalMoves.Select(move => move.To), state => Assert.False(
            state is { Pay: PayState.Unpaid, Progress: Progress.Delivering } or { Pay: PayState.Refunded, Progress: not (Progress.Delivered or Progress.Closed) }, $"{state}"));

    [Fact]
    public void What_was_refunded_is_not_deliverable_again_without_a_review()
    {
        var walks = Gen.Elements(OrderState.LegalMoves.ToArray()).ArrayOf(40);
        Prop.ForAll(walks.ToArbitrary(), moves =>
        {
            // Of the moves drawn, those that are legal where the walk stands are taken.
            var state = new OrderState(PayState.Refunded, Progress.Closed);
            var isReviewed = false;
            foreach (var (from, to) in moves)
            {
                if (from == state)
                {
                    state = to;
                    isReviewed = state.Pay != PayState.Refunded && (isReviewed || state.Progress == Progress.Review);
                }
                if (state.IsDeliverable && !isReviewed)
                {
                    return false;
                }
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Nothing_deliverable_is_reached_from_a_refund_when_reviews_are_taken_away()
    {
        foreach (var start in States.Where(state => state.Pay == PayState.Refunded))
        {
            var reached = new HashSet<OrderState> { start };
            var open = new Queue<OrderState>([start]);
            while (open.TryDequeue(out var state))
            {
                foreach (var (_, to) in OrderState.LegalMoves.Where(move => move.From == state && move.To.Progress != Progress.Review && reached.Add(move.To)))
                {
                    open.Enqueue(to);
                }
            }
            Assert.DoesNotContain(reached, state => state.IsDeliverable);
        }
    }

    [Fact]
    public void Deliverable_is_what_can_move_to_delivered() =>
        Assert.All(States, state => Assert.Equal(state.IsDeliverable, state.Pay == PayState.Paid && state.CanMoveTo(new OrderState(PayState.Paid, Progress.Delivered))));

    [Fact]
    public void The_numbers_are_the_wires()
    {
        Assert.Equal([0, 1, 2], Enum.GetValues<PayState>().Select(state => (int)state));
        Assert.Equal((0, 1, 2, 3, 4, 5), ((int)Progress.Created, (int)Progress.Delivered, (int)Progress.Delivering, (int)Progress.Failed, (int)Progress.Closed, (int)Progress.Review));
        Assert.Equal(OrderState.New, default);
    }

    private static string Name(OrderState state) => $"{state.Pay}/{state.Progress}";
}
