namespace OrderCenter.Encodings;

/// <summary>Why a body was not read.</summary>
public enum BodyFault
{
    None,

    /// <summary>It is larger than its endpoint takes.</summary>
    TooLarge,

    /// <summary>Its end did not come within <see cref="BodyReader.TimeMax"/>.</summary>
    TooSlow,

    /// <summary>Over all connections as much is being read as may be.</summary>
    Busy,
}
