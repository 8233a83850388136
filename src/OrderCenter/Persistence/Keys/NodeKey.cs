namespace OrderCenter.Persistence.Keys;

/// <summary>What a node that runs can seal and open.</summary>
/// <param name="Node">Its machine and process; on SQLite <c>service</c>.</param>
/// <param name="MasterKeyId">Names the key that it seals under.</param>
/// <param name="OpensPresent">Whether it can open what is sealed under the asking process's master key.</param>
public sealed record NodeKey(string Node, string MasterKeyId, bool OpensPresent);
