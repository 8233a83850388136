namespace OrderCenter.Protocols;

/// <summary>Why a request's time is not accepted.</summary>
/// <param name="IsWindow">False: its form is wrong or it is missing; true: it is too far from now.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public readonly record struct TimeFault(bool IsWindow, string Message);
