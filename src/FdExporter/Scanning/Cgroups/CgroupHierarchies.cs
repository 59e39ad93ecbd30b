using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Cgroups;

/// <summary>
/// Unit, container and pod of a process, from all lines of its cgroup file. With cgroup v1, or both versions, a process is in
/// one group of each hierarchy, and lines differ: docker's cgroupfs driver puts a container into its own groups in the v1
/// hierarchies, but leaves it in the group of <c>containerd.service</c> in the unified one.
/// </summary>
/// <remarks>
/// A line with a container or pod takes precedence over lines with only a unit. The unit is then that of the same line, else
/// that of systemd's own hierarchy: other lines may show the unit of the container runtime. Without container and pod, the
/// first line with a unit counts: unified, systemd's own, any other.
/// </remarks>
internal static class CgroupHierarchies
{
    /// <param name="path">The path of the most specific line; empty if the file is not understood.</param>
    internal static CgroupOwner ParseOwner(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> path)
    {
        if (!ProcessCgroup.TryParse(text, out path))
        {
            path = default;
            return CgroupOwner.None;
        }

        CgroupOwner owner = CgroupPath.ParseOwner(path);
        CgroupOwner systemd = CgroupOwner.None;
        string pod = owner.Pod;
        ReadOnlySpan<byte> last = path;
        ReadOnlySpan<byte> usual = path;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line) && ProcessCgroup.TryParseLine(line, out ReadOnlySpan<byte> controllers, out ReadOnlySpan<byte> candidate))
        {
            // Most lines repeat the previous one.
            bool isSystemd = controllers.SequenceEqual("name=systemd"u8);
            if (!isSystemd && (candidate.SequenceEqual(last) || candidate.SequenceEqual(usual)))
            {
                continue;
            }

            last = candidate;
            CgroupOwner other = CgroupPath.ParseOwner(candidate);
            systemd = isSystemd ? other : systemd;
            pod = pod.Length > 0 ? pod : other.Pod;
            if (PriorityOf(other) > PriorityOf(owner))
            {
                owner = other;
                path = candidate;
            }
        }

        return PriorityOf(owner) < Container ? owner
            : owner with { Unit = owner.Unit.Length > 0 ? owner.Unit : systemd.Unit, Pod = owner.Pod.Length > 0 ? owner.Pod : pod };
    }

    private const int Container = 2;

    // A container is more specific than its pod, which has several.
    private static int PriorityOf(CgroupOwner owner)
        => (owner.Container.Length > 0 ? Container * 2 : 0) + (owner.Pod.Length > 0 ? Container : 0) + (owner.Unit.Length > 0 ? 1 : 0);
}
