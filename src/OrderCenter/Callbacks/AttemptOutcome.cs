namespace OrderCenter.Callbacks;

/// <summary>The result of one attempt, as the app's protocol reads it.</summary>
/// <param name="Acknowledgement">Whether the receiver acknowledged the callback.</param>
/// <param name="HttpStatus">Null: there was no response.</param>
/// <param name="Response">What is stored of the response: at most 4 KiB, masked and encrypted if the request held secrets.</param>
/// <param name="DurationMs">From the start of the request to the end of the response.</param>
/// <param name="RetryAfterMs">How long the receiver wants us to wait; only under Standard Webhooks.</param>
/// <param name="IsGone">The receiver answered 410; only under Standard Webhooks.</param>
public sealed record AttemptOutcome(
    Acknowledgement Acknowledgement, int? HttpStatus, string? Response, long DurationMs, long? RetryAfterMs, bool IsGone);
