using OrderCenter.Domain;

namespace OrderCenter.Operators;

/// <summary>A person who signs in. It prints its name only.</summary>
public sealed record Operator
{
    public const int NameMax = 64;

    /// <summary>As it was given; two names that differ only in case are one.</summary>
    public required string Name { get; init; }

    public required Role Role { get; init; }
    public required GameLimit Games { get; init; }
    public required string PasswordHash { get; init; }

    /// <summary>Whether the password is a first one, which allows nothing but changing it.</summary>
    public required bool MustChangePassword { get; init; }

    public required bool IsDisabled { get; init; }

    /// <summary>Rises with every change that ends the sessions.</summary>
    public required long Version { get; init; }

    /// <summary>The secret of the second factor, sealed; null: there is none.</summary>
    public string? CodeSecret { get; init; }

    /// <summary>A secret that was drawn and is not confirmed by a code yet, sealed; null: none.</summary>
    public string? NewCodeSecret { get; init; }

    /// <summary>The last time step whose code was used.</summary>
    public long CodeStep { get; init; }

    public required long CreatedMs { get; init; }
    public required long UpdatedMs { get; init; }

    /// <summary>Under what it is stored.</summary>
    public string Key => KeyOf(Name);

    public static string KeyOf(string name) => name.ToLowerInvariant();

    /// <summary>1 to <see cref="NameMax"/> ASCII letters, digits and <c>. _ @ -</c>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameMax }
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '@' or '-');

    public override string ToString() => Name;
}
