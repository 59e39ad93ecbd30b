using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Scanning;

namespace FdExporter.Cli.Checks;

/// <summary>Whom this process runs as, and what that allows.</summary>
/// <param name="Capabilities">Null where there is no /proc of our own to tell.</param>
/// <param name="Confinement">Likewise.</param>
/// <param name="IsConfined">In a user namespace of its own, outside of which its capabilities mean nothing.</param>
internal sealed record CheckedPrivileges(uint Uid, string User, ProcessCapabilities? Capabilities, ProcessConfinement? Confinement, bool IsConfined)
{
    private static readonly CheckedPrivileges s_unknown = new(0, "", null, null, false);

    /// <summary>What to grant before other users' processes can be looked into; empty when it is held, or not known.</summary>
    internal string Missing => Capabilities is { } held ? ExporterPrivileges.MissingOf(held) : "";

    /// <summary>Whether what is still hidden is not for want of a right.</summary>
    internal bool SeesOthers => Missing.Length == 0 && !IsConfined;

    internal static CheckedPrivileges Read(ProcFs? own)
    {
        Span<byte> buffer = stackalloc byte[4096];
        if (own is null
            || ProcessStatus.TryRead(own, Environment.ProcessId, buffer, out ProcessStatus status) != ReadStatus.Ok
            || ProcessCapabilities.TryRead(own, Environment.ProcessId, buffer, out ProcessCapabilities capabilities) != ReadStatus.Ok)
        {
            return s_unknown;
        }

        string user = new UserNames(own, TimeProvider.System).NameOf(status.EffectiveUid);
        bool isConfined = UserNamespace.TryReadOwn(own, out ulong inode) == ReadStatus.Ok && inode != UserNamespace.Initial;
        bool isKnown = ProcessConfinement.TryRead(own, Environment.ProcessId, buffer, out ProcessConfinement confinement) == ReadStatus.Ok;
        return new CheckedPrivileges(status.EffectiveUid, user, capabilities, isKnown ? confinement : null, isConfined);
    }

    /// <summary>What to grant to see what is hidden now; the same words for each item that lacks it.</summary>
    internal string Advice => Missing.Length > 0
        ? $"Grant {Missing.Replace(" ", " and ", StringComparison.Ordinal)}{Held}: then owners of sockets and types of descriptors "
            + $"of other users' processes are known, and hidepid hides nothing.\nsystemd: AmbientCapabilities={Missing}"
        : IsConfined
            ? "Run the exporter outside of a user namespace (no rootless container): "
                + "capabilities held inside of one count for nothing outside."
            : "";

    private string Held => Missing.Contains(' ', StringComparison.Ordinal) ? "" : " too (it takes both)";

    internal static ProcFs? TryOpenOwn()
    {
        try
        {
            return ProcFs.Open("/proc");
        }
        catch (KernelException)
        {
            // A container without /proc of its own; the checks say that they do not know.
            return null;
        }
    }
}
