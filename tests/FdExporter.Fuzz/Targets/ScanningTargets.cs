using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Cgroups;
using FdExporter.Scanning.Pods;
using FdExporter.Scanning.Processes;

namespace FdExporter.Fuzz.Targets;

/// <summary>The sources of owner names: control groups, units, users.</summary>
internal static class ScanningTargets
{
    private static readonly string s_id = new('a', 64);

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("cgroup-owner", Owner, Captured.Cgroups()) { Words = [".slice", ".scope", ".service", "kubepods", "-pod", "docker-", "/lxc/", ":cri-containerd:"], MaxLength = ProcessCgroup.MaxLength },
        new("cgroup-file", OwnerOfFile, [.. Captured.Cgroups().Select(static path => (byte[])[.. "4:cpu:"u8, .. path, .. "\n0::/system.slice/containerd.service\n"u8])]) { Words = ["0::/", "name=systemd:", "docker-", "/docker/", "kubepods"] },
        new("cgroup-folder", Folder, Captured.Cgroups()) { Words = [".slice", ".scope", "libpod_pod_", "machine-", "systemd-nspawn@", "lxc.payload."], MaxLength = ProcessCgroup.MaxLength },
        new("container-log-link", LogLink, Captured.Of($"payment-7d9f5c6b8-x2x7k_shop_app-{s_id}.log")) { Words = ["_", "-", ".log", s_id], MaxLength = 255 },
        new("passwd", Passwd, "root:x:0:0:root:/root:/bin/bash"u8.ToArray(), "payment:x:1000:1000:Payment service:/srv/payment:/usr/sbin/nologin"u8.ToArray()),
        new("pod-log-folder", LogFolder, Captured.Of("shop_payment-7d9f5c6b8-x2x7k_c8bad552-5c99-4d4f-b71c-c426c0cde014")) { Words = ["_", "-"], MaxLength = 255 },
        new("systemd-unit", Unit, @"_memory\x2dhog.service"u8.ToArray(), @"machine-build\x2dhost.scope"u8.ToArray()) { Words = [@"\x2d", ".service", ".scope"] },
    ];

    private static bool Owner(ReadOnlySpan<byte> path)
    {
        CgroupOwner owner = CgroupPath.ParseOwner(path);
        Expect.True(SystemCgroup.Parse(path).End is >= 0 and var end && end <= path.Length);

        // A byte that a terminal might interpret becomes four; nothing else makes a name longer than its path.
        foreach (string name in (string[])[owner.Unit, owner.Container, owner.Pod])
        {
            Expect.True(name.Length <= 4 * path.Length);
            Expect.ValidText(name);
            Expect.Equal(name, Printable.Of(name));
        }

        Expect.Equal(owner, path.EndsWith(" (deleted)"u8) ? owner : CgroupPath.ParseOwner((byte[])[.. path, .. " (deleted)"u8]));
        return owner != CgroupOwner.None;
    }

    private static bool OwnerOfFile(ReadOnlySpan<byte> text)
    {
        CgroupOwner owner = CgroupHierarchies.ParseOwner(text, out ReadOnlySpan<byte> path);
        Expect.Within(path, text);
        foreach (string name in (string[])[owner.Unit, owner.Container, owner.Pod])
        {
            Expect.ValidText(name);
        }

        // A container known from one line is not lost by another.
        CgroupOwner alone = CgroupPath.ParseOwner(path);
        Expect.True(alone.Container.Length == 0 || owner.Container == alone.Container);
        return owner != CgroupOwner.None;
    }

    private static bool Folder(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        ReadOnlySpan<byte> above = path[..(slash + 1)];
        bool isContainer = CgroupContainer.TryParse(name, above, out ReadOnlySpan<byte> container);
        bool isPod = CgroupPod.TryParse(name, above, out ReadOnlySpan<byte> pod);
        bool isMachine = SystemdUnit.TryParseMachine(name, out ReadOnlySpan<byte> machine);
        Expect.Within(container, name);
        Expect.Within(pod, name);
        Expect.Within(machine, name);
        Expect.True(!isContainer || !container.IsEmpty);
        Expect.True(!isPod || pod.Length is 32 or 36 or 64);
        Expect.True(!isMachine || !machine.IsEmpty);
        return isContainer || isPod || isMachine;
    }

    private static bool LogLink(ReadOnlySpan<byte> link)
    {
        bool isLink = ContainerLogLink.TryParse(link, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> container, out ReadOnlySpan<byte> id);
        if (isLink)
        {
            Expect.True(id.Length == 64 && !pod.IsEmpty && !ns.IsEmpty && !container.IsEmpty);
            Expect.Equal(link.Length, pod.Length + ns.Length + container.Length + id.Length + "__-.log".Length);
        }

        return isLink;
    }

    private static bool LogFolder(ReadOnlySpan<byte> folder)
    {
        bool isFolder = PodLogFolder.TryParse(folder, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> uid);
        if (isFolder)
        {
            Expect.True(uid.Length is 32 or 36 && !pod.IsEmpty && !ns.IsEmpty);
            Expect.Equal(folder.Length, ns.Length + pod.Length + uid.Length + "__".Length);
            string name = Printable.NameOf(pod);
            Expect.True(new KubernetesPod("", name).Workload is { Length: > 0 } workload && name.StartsWith(workload, StringComparison.Ordinal));
        }

        return isFolder;
    }

    private static bool Passwd(ReadOnlySpan<byte> line)
    {
        if (!PasswdEntry.TryParse(line, out uint uid, out ReadOnlySpan<byte> name))
        {
            return false;
        }

        Expect.Within(name, line);
        Expect.True(!name.Contains((byte)':'));
        byte[] written = [.. name, .. Encoding.ASCII.GetBytes(FormattableString.Invariant($":x:{uid}:0::/:/bin/sh"))];
        Expect.True(PasswdEntry.TryParse(written, out uint again, out ReadOnlySpan<byte> nameAgain) && again == uid && nameAgain.SequenceEqual(name));
        return true;
    }

    private static bool Unit(ReadOnlySpan<byte> name)
    {
        string text = SystemdUnit.Unescape(name);
        Expect.ValidText(text);
        Expect.True(text.Length <= 4 * name.Length);
        Expect.True(SystemdUnit.Display(name).Length <= 4 * name.Length);

        // As systemd writes it: each special byte in hexadecimal. A slash stays.
        string escaped = string.Concat(name.ToArray().Select(static b => char.IsAsciiLetterOrDigit((char)b) ? $"{(char)b}" : $@"\x{b:x2}"));
        Expect.True(name.Contains((byte)'/') || SystemdUnit.Unescape(Encoding.ASCII.GetBytes(escaped)) == Printable.NameOf(name));
        return SystemdUnit.HoldsProcesses(name);
    }
}
