namespace OrderCenter.Operators;

/// <summary>A session that holds, with its operator as he is now.</summary>
/// <param name="Secret">What the cookie holds; the database has only its digest.</param>
/// <param name="Operator">Whose it is.</param>
public sealed record Session(string Secret, Operator Operator)
{
    public override string ToString() => $"session of {Operator.Name}";
}
