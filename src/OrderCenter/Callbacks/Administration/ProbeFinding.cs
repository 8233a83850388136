namespace OrderCenter.Callbacks.Administration;

/// <summary>The result of one trial of a probe: what was tried, the verdict, and its explanation for the game's
/// developers.</summary>
public sealed record ProbeFinding(string Trial, ProbeVerdict Verdict, string Explanation);
