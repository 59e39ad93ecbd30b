using System.Text;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Who runs a process, read off the path of its control group (v1 or v2). Source: cgroups(7), the naming of systemd
/// and of each container runtime.
/// </summary>
/// <remarks>
/// <para>The unit is the innermost service, scope, socket, mount or swap that is not the scope of a single container:
/// below <c>user@1000.service</c> that is the user's own service, inside a container that runs systemd it is the
/// service in there, and a process in a delegated sub-group counts for the unit that delegates. The one exception is
/// <c>init.scope</c> below another unit: it holds only that unit's own service manager.</para>
/// <para>The container is the innermost one too (docker in docker), because that is where the program runs and whose
/// image it came from. A pod stays known however deep the container sits in it.</para>
/// <para>What has no known shape stays empty: a wrong owner costs more than none. So a folder that merely looks like an
/// id is no container.</para>
/// </remarks>
internal static class CgroupPath
{
    private const int ShortIdLength = 12;

    // /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podc8bad552_5c99_4d4f_b71c_c426c0cde014.slice/crio-15b6e0...55a9.scope
    // /user.slice/user-1000.slice/user@1000.service/app.slice/payment.service
    // /../../podc8bad552-5c99-4d4f-b71c-c426c0cde014/15b6e0...55a9 is seen from another cgroup namespace.
    internal static CgroupOwner ParseOwner(ReadOnlySpan<byte> path)
    {
        // The kernel marks the path of a group that was removed before its last zombie was reaped.
        ReadOnlySpan<byte> deleted = " (deleted)"u8;
        if (path.EndsWith(deleted))
        {
            path = path[..^deleted.Length];
        }

        ReadOnlySpan<byte> unit = default;
        ReadOnlySpan<byte> container = default;
        ReadOnlySpan<byte> pod = default;
        foreach (Range range in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path[range];
            ReadOnlySpan<byte> above = path[..range.Start];
            bool isContainer = CgroupContainer.TryParse(name, above, out ReadOnlySpan<byte> inner);
            if (isContainer || SystemdUnit.TryParseMachine(name, out inner))
            {
                container = inner;
            }

            if (!isContainer && SystemdUnit.HoldsProcesses(name) && (unit.IsEmpty || !name.SequenceEqual("init.scope"u8)))
            {
                unit = name;
            }

            if (CgroupPod.TryParse(name, above, out ReadOnlySpan<byte> innerPod))
            {
                pod = innerPod;
            }
        }

        return unit.IsEmpty && container.IsEmpty && pod.IsEmpty
            ? CgroupOwner.None
            : new CgroupOwner(SystemdUnit.Display(unit), ShortId(container), ShortId(pod).Replace('_', '-'));
    }

    /// <summary>As docker ps and podman pod ps show it. Names and uids have another form and stay whole.</summary>
    private static string ShortId(ReadOnlySpan<byte> id)
        => CgroupContainer.IsId(id) ? Encoding.UTF8.GetString(id[..ShortIdLength]) : SystemdUnit.Unescape(id);
}
