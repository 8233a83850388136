namespace OrderCenter.Protocols;

/// <summary>An app or an address exceeded its rate; nothing was done.</summary>
internal sealed class TooManyRequestsException(
    string message = "too many requests of this app; try again in a second", int retryAfterSeconds = 1) : Exception(message)
{
    public int RetryAfterSeconds => retryAfterSeconds;
}
