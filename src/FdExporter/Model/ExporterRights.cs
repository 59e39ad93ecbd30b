namespace FdExporter.Model;

/// <summary>Whom the exporter runs as, and what it lacks to inspect other users' processes.</summary>
/// <param name="Missing">The capabilities that are not held, by their names; empty when both are held, or when that is not known.</param>
/// <param name="IsConfined">In a user namespace of its own, outside of which its capabilities count for nothing.</param>
internal sealed record ExporterRights(uint Uid, string Missing, bool IsConfined = false)
{
    /// <summary>(uid_t)-1, which nobody can be. Source: setresuid(2).</summary>
    private const uint NoUser = uint.MaxValue;

    /// <summary>Those of root.</summary>
    internal static readonly ExporterRights All = new(0, "");

    /// <summary>Where there is no /proc of our own to tell: what is not known is not said to be missing.</summary>
    internal static readonly ExporterRights Unknown = new(0, "") { IsKnown = false };

    internal bool IsKnown { get; private init; } = true;

    /// <summary>Whether what is still refused is refused to everybody, and not for want of a right.</summary>
    internal bool SeesOthers => Missing.Length == 0 && !IsConfined;

    /// <summary>The user whose processes may be inspected without any right. In a user namespace others may bear its number.</summary>
    internal uint OwnUid => IsConfined ? NoUser : Uid;
}
