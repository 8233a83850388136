namespace OrderCenter.Encodings;

/// <summary>One parameter, decoded.</summary>
public readonly record struct Parameter(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value);
