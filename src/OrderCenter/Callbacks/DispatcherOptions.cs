namespace OrderCenter.Callbacks;

/// <summary>The dispatcher's settings.</summary>
/// <param name="SendsInBackground">False: this node sends only the callbacks that its own requests wait
/// for.</param>
public sealed record DispatcherOptions(bool SendsInBackground);
