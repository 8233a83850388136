namespace OrderCenter.PlayerData;

/// <summary>How far an erasure is. The numbers are the database's.</summary>
public enum ErasureState
{
    /// <summary>It looks for orders.</summary>
    Running = 0,

    /// <summary>All orders were looked at, and some have not ended.</summary>
    Waiting = 1,
    Done = 2,
}
