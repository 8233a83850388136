namespace OrderCenter.Domain;

/// <summary>Who makes a write: what the audit log keeps of him.</summary>
/// <param name="Name">The operator, the token, or who the bearer of the installation's token says he is.</param>
/// <param name="Via">How he came in: <c>installation</c> (the token of the settings), <c>token</c>, <c>session</c>, <c>sign-in</c> or
/// <c>command</c> (the command line).</param>
/// <param name="Role">His role; null: nobody is known yet, as at a sign-in that was refused.</param>
/// <param name="Address">The address of his connection; null: none, as on the command line.</param>
public sealed record Caller(string Name, string Via, string? Role, string? Address);
