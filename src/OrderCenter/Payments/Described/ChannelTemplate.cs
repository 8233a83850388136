using System.Text.Json;

namespace OrderCenter.Payments.Described;

/// <summary>A description of a channel that comes with the program.</summary>
/// <param name="Name">What an app's settings name it by.</param>
/// <param name="Title">The store, for people.</param>
/// <param name="Document">Where the store says what the description says.</param>
/// <param name="Description">The description itself.</param>
/// <param name="Settings">What an app's settings must give beside it.</param>
public sealed record ChannelTemplate(
    string Name, string Title, string Document, JsonElement Description, IReadOnlyList<string> Settings);
