namespace OrderCenter.Alerts.Facts;

/// <summary>Sees what only this node knows: what is in its memory, on its disk, of its clock.</summary>
internal interface INodeSource
{
    /// <summary>What it sees now; values for which no condition holds may be left out.</summary>
    IReadOnlyList<AlertFact> Read();
}
