namespace FdExporter.Model;

/// <summary>The user that the exporter runs as, and the capabilities it lacks to inspect other users' processes.</summary>
/// <param name="Missing">Names of the missing capabilities; empty if both are held, or if unknown.</param>
/// <param name="IsConfined">In its own user namespace, outside of which its capabilities have no effect.</param>
internal sealed record ExporterRights(uint Uid, string Missing, bool IsConfined = false)
{
    /// <summary>(uid_t)-1, which no user can have. Source: setresuid(2).</summary>
    private const uint NoUser = uint.MaxValue;

    /// <summary>Those of root.</summary>
    internal static readonly ExporterRights All = new(0, "");

    /// <summary>Without our own /proc nothing is known, so nothing is reported as missing.</summary>
    internal static readonly ExporterRights Unknown = new(0, "") { IsKnown = false };

    internal bool IsKnown { get; private init; } = true;

    /// <summary>Whether the exporter has all privileges; access that is still denied is denied to all users.</summary>
    internal bool SeesOthers => Missing.Length == 0 && !IsConfined;

    /// <summary>
    /// The user whose processes can be inspected without any privilege. In a user namespace other users may have the same number.
    /// </summary>
    internal uint OwnUid => IsConfined ? NoUser : Uid;
}
