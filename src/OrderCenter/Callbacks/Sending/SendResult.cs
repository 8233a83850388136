namespace OrderCenter.Callbacks.Sending;

/// <summary>The response to one call, or why there was none.</summary>
/// <param name="HttpStatus">Null: there was no response.</param>
/// <param name="Body">The body, decoded, cut at 64 KiB.</param>
/// <param name="RetryAfterMs">The Retry-After header in milliseconds; null: none.</param>
/// <param name="Error">Why there was no response; null: there was one.</param>
public sealed record SendResult(int? HttpStatus, ReadOnlyMemory<byte> Body, long? RetryAfterMs, string? Error);
