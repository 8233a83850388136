namespace OrderCenter.Orders;

/// <summary>The result of a <see cref="StoreAttachment"/>.</summary>
public abstract record AttachmentOutcome
{
    private AttachmentOutcome()
    {
    }

    /// <summary>It is stored; <paramref name="Attributes"/> are the order's new attributes, which refer to it. <paramref name="UndoAsync"/>
    /// is run if another writer changed the order in between.</summary>
    public sealed record Attached(IReadOnlyDictionary<string, string> Attributes, Func<ValueTask> UndoAsync) : AttachmentOutcome;

    /// <summary>Nothing was stored, and the order must not get its result.</summary>
    public sealed record Refused(string Reason) : AttachmentOutcome;
}
