namespace OrderCenter.Payments.Settings;

/// <summary>Whether an app's settings for a channel work.</summary>
/// <param name="Works">Whether the store accepts what we send, and what it answers can be verified.</param>
/// <param name="Message">What the store said, or what to change.</param>
public sealed record SettingsTestResult(bool Works, string Message);
