using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Administration;

/// <summary>A callback with its attempts.</summary>
public sealed record CallbackDetail(Callback Callback, IReadOnlyList<Attempt> Attempts);
