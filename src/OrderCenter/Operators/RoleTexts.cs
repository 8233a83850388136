using OrderCenter.Encodings;

namespace OrderCenter.Operators;

/// <summary>How roles are written in JSON, on the command line and in the audit log.</summary>
public static class RoleTexts
{
    public static EnumText<Role> All { get; } = new(
        (Role.Viewer, "viewer"), (Role.Support, "support"), (Role.Finance, "finance"), (Role.Admin, "admin"));
}
