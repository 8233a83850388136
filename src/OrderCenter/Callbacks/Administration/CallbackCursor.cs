using OrderCenter.Domain.Callbacks;

namespace OrderCenter.Callbacks.Administration;

/// <summary>The position after a page of callbacks.</summary>
public readonly record struct CallbackCursor(long CreatedMs, CallbackId Id);
