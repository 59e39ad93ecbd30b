using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.Sockets;

namespace FdExporter.Fuzz.Targets;

/// <summary>The text of procfs. Most of it is the kernel's; names and paths in it are chosen by programs.</summary>
internal static class ProcfsTargets
{
    internal static IEnumerable<FuzzTarget> All =>
    [
        new("proc-boot-time", BootTimeFile, Captured.OfHost("stat")) { Words = ["btime "] },
        new("proc-byte-reader", Fields, "a  b\tc\n\n18446744073709551615 +1 -1 01\n"u8.ToArray()),
        new("proc-cgroup", Cgroup, Captured.OfEachProcess("cgroup")) { Words = ["0::/", "name=systemd"] },
        new("proc-cmdline", CommandLine, Captured.OfEachProcess("cmdline")),
        new("proc-dirent", Dirents, WriteDirents([1, 42, int.MaxValue])) { MaxLength = 32 * 1024 },
        new("proc-fd-info", FdInfoFile, "pos:\t0\nflags:\t02100000\nmnt_id:\t22\nino:\t1\n"u8.ToArray(), "pos:\t0\nflags:\t02\nmnt_id:\t22\n"u8.ToArray()) { Words = ["mnt_id:\t"] },
        new("proc-fd-info-inotify", InotifyFdInfoFile, "pos:\t0\nflags:\t02004000\nmnt_id:\t16\nino:\t1059\ninotify wd:2 ino:61b1 sdev:fe00000 mask:3cc ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:b16100002e6c9d1b\n"u8.ToArray()) { Words = ["inotify wd:", "\n"] },
        new("proc-fd-info-io-uring", IoUringFile, "SqMask:\t0x7\nUserFiles:\t2\n    0: socket:[112590]\n    1: /srv/a\nUserBufs:\t0\n"u8.ToArray()) { Words = ["UserFiles:\t", "    0: ", "<none>", "socket:["] },
        new("proc-fd-info-unix", UnixFdInfoFile, "pos:\t0\nino:\t114097\nscm_fds: 120\n"u8.ToArray()) { Words = ["scm_fds: "] },
        new("proc-fd-link", FdLinks, Captured.Links()) { Words = ["socket:[", "pipe:[", "anon_inode:", "[eventpoll]", " (deleted)", "/memfd:", "/dev/shm/"], MaxLength = 4096 },
        new("proc-local-port-range", LocalPortRangeFile, "32768\t60999\n"u8.ToArray()),
        new("proc-local-reserved-ports", LocalReservedPorts, "40000,41000-41009\n"u8.ToArray()),
        new("proc-file-nr", FileNrFile, "304\t0\t9223372036854775807\n"u8.ToArray()),
        new("proc-interface-igmp", IgmpLine, Captured.Of("2\teth0      :     1      V3", "3\tenx001122334455:     1      V3", "\t\t\t\t010000E0     1 0:00000000\t\t0")),
        new("proc-interface-inet-six", IfInet6Line, Captured.Of("fe8000000000000000fc00fffe000001 04 40 20 80     eth0")),
        new("proc-limits", Limits, Captured.OfEachProcess("limits")) { Words = ["Max open files ", "unlimited"] },
        new("proc-maps", Maps, Captured.Of("55d0c8a00000-55d0c9200000 r-xp 00680000 fe:00 394759    /p", "55d0c8380000-55d0c8a00000 r--p 00000000 fe:00 394759 /p", "7ffd0-7ffd1 rw-p 00000000 00:00 0 [stack]")) { Words = ["r-xp", "r--p", " /p", "-", "00000000"], MaxLength = 8192 },
        new("sysvipc-shm", SharedMemorySegment, Captured.Of("         0      32770   600                  4096   711   711      1  1000  1000  1000  1000 1790000000          0 1790000000        4096          0")) { Words = [" ", "600", "4294967296"] },
        new("proc-mapping", Mapping, Captured.Of("7f8b3c000000-7f8b3c021000 r-xp 00000000 fe:01 1311817                    /usr/lib/libjvm.so", "c000000000-c000400000 rw-p 00000000 00:00 0")) { Words = ["-", " r-xp ", "/usr/lib/"], MaxLength = 8192 },
        new("proc-mountinfo", Mounts, Captured.Of("65 44 0:39 / /host/proc rw,relatime shared:12 - proc proc rw,gid=5,hidepid=invisible")) { Words = [" - ", "hidepid="] },
        new("proc-net-namespace", NetNamespaceLink, "net:[4026531833]"u8.ToArray()),
        new("proc-net-socket-inode", SocketInodes, "000000004ef0a1bd 4   0          00000000 0        0        0     2        0        1588"u8.ToArray()),
        new("proc-net-tcp", TcpLine, [.. Captured.LinesOf("1/net/tcp"), .. Captured.LinesOf("1/net/tcp6")]),
        new("proc-net-unix", UnixLine, "000000001c5cc751: 00000002 00000000 00010000 0001 01  1675 /run/dbus/system_bus_socket"u8.ToArray()),
        new("proc-nr-open", NrOpenFile, "1048576\n"u8.ToArray()),
        new("proc-os-release", Release, "6.1.0-37-amd64\n"u8.ToArray()),
        new("proc-pid-namespace", PidNamespaceLink, "pid:[4026531836]"u8.ToArray()),
        new("proc-net-sockstat", TcpSockStat, "sockets: used 311\nTCP: inuse 5 orphan 0 tw 2 alloc 9 mem 1\n"u8.ToArray()) { Words = ["TCP:", " inuse ", " orphan ", " tw ", " alloc "] },
        new("proc-net-sockstat-six", TcpSockStat6, "TCP6: inuse 3\nUDP6: inuse 2\n"u8.ToArray()) { Words = ["TCP6:", " inuse "] },
        new("proc-net-snmp", TcpSnmp, "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\nTcp: 1 200 120000 -1 14991 14928 0 10472 0 107112 101636 0 0 8135 0\n"u8.ToArray()) { Words = ["Tcp: ", "\nTcp: 1 200 120000 -1 "] },
        new("proc-stat", Stat, Captured.OfEachProcess("stat")),
        new("proc-statm", Statm, "68312 7904 5120 3768 0 14711 0\n"u8.ToArray()),
        new("proc-status", Status, Captured.OfEachProcess("status")) { Words = ["Tgid:\t", "Uid:", "CapEff:\t", "NoNewPrivs:\t", "Seccomp:\t"] },
        new("proc-uptime", UptimeFile, "350735.47 234388.90\n"u8.ToArray()),
        new("proc-user-namespace", UserNamespaceLink, "user:[4026531837]"u8.ToArray()),
    ];

    private static bool BootTimeFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => BootTime.TryParse(cut, out ulong seconds) ? $"{seconds}" : null);
        bool parsed = BootTime.TryParse(text, out ulong value);
        Expect.True(BootTime.TryParse(Bytes($"intr 9\nbtime {value}\n"), out ulong again) && again == value);
        return parsed;
    }

    private static bool UptimeFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => Uptime.TryParse(cut, out TimeSpan time) ? $"{time}" : null);
        bool parsed = Uptime.TryParse(text, out TimeSpan value);
        Expect.True(!parsed || value >= TimeSpan.Zero);
        return parsed;
    }

    private static bool IgmpLine(ReadOnlySpan<byte> line)
    {
        bool parsed = InterfaceLine.TryParseIgmp(line, out uint index, out ReadOnlySpan<byte> name);
        Expect.Within(name, line);
        Expect.True(!parsed || (index > 0 && name.Length > 0 && !name.ContainsAny(" \t:"u8)));
        return parsed;
    }

    private static bool IfInet6Line(ReadOnlySpan<byte> line)
    {
        bool parsed = InterfaceLine.TryParseIfInet6(line, out uint index, out ReadOnlySpan<byte> name);
        Expect.Within(name, line);
        Expect.True(!parsed || (index > 0 && name.Length > 0 && !name.ContainsAny(" \t"u8)));
        return parsed;
    }

    private static bool Fields(ReadOnlySpan<byte> text)
    {
        ByteReader lines = new(text);
        int taken = 0;
        bool numbers = false;
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            Expect.Within(line, text);
            Expect.True(!line.Contains((byte)'\n'));
            taken += line.Length + 1;
            ByteReader fields = new(line);
            int before = fields.Rest.Length;
            while (fields.TryTakeField(out ReadOnlySpan<byte> field))
            {
                Expect.Within(field, line);
                Expect.True(field.Length > 0 && !field.ContainsAny((byte)' ', (byte)'\t'));
                Expect.True(fields.Rest.Length < before);
                before = fields.Rest.Length;
                if (ByteReader.TryParseUInt64(field, out ulong number))
                {
                    numbers = true;
                    Expect.Equal(number.ToString(), Encoding.ASCII.GetString(field).TrimStart('0') is { Length: > 0 } digits ? digits : "0");
                }
            }
        }

        Expect.Equal(text.LastIndexOf((byte)'\n') + 1, taken);
        return numbers;
    }

    private static bool TcpSockStat(ReadOnlySpan<byte> text)
    {
        bool parsed = SockStat.TryParse(text, out SockStat value);
        Expect.True(SockStat.TryParse(Bytes($"TCP: inuse {value.InUse} orphan {value.Orphans} tw {value.TimeWait} alloc {value.Allocated}\n"), out SockStat again) && again == value);
        return parsed;
    }

    private static bool TcpSockStat6(ReadOnlySpan<byte> text)
    {
        bool parsed = SockStat6.TryParse(text, out ulong inUse);
        Expect.True(SockStat6.TryParse(Bytes($"TCP6: inuse {inUse}\n"), out ulong again) && again == inUse);
        return parsed;
    }

    private static bool TcpSnmp(ReadOnlySpan<byte> text)
    {
        bool parsed = SnmpTcp.TryParse(text, out SnmpTcp value);
        string headings = "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs";
        string values = $"Tcp: 1 200 120000 -1 {value.ActiveOpens} {value.PassiveOpens} {value.AttemptFails} {value.EstabResets} {value.Established} {value.InSegments} {value.OutSegments} {value.Retransmitted}";
        Expect.True(SnmpTcp.TryParse(Bytes($"{headings}\n{values}\n"), out SnmpTcp again) && again == value);
        return parsed;
    }

    private static bool Cgroup(ReadOnlySpan<byte> text)
    {
        // A truncated line does not count; a line that is missing altogether cannot be noticed.
        int last = text.LastIndexOf((byte)'\n') + 1;
        Expect.CutsGiveNothingElse(text, static cut => ProcessCgroup.TryParse(cut, out ReadOnlySpan<byte> path) ? Latin1(path) : null, from: last);
        if (!ProcessCgroup.TryParse(text, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        Expect.Within(value, text);
        Expect.True(!value.Contains((byte)'\n'));
        Expect.True(ProcessCgroup.TryParseLine((byte[])[.. "4:cpu:"u8, .. value], out ReadOnlySpan<byte> cpu, out ReadOnlySpan<byte> path)
            && cpu.SequenceEqual("cpu"u8) && path.SequenceEqual(value));
        Expect.True(ProcessCgroup.TryParse((byte[])[.. "0::"u8, .. value, (byte)'\n'], out ReadOnlySpan<byte> again) && again.SequenceEqual(value));
        return true;
    }

    private static bool CommandLine(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> rest = text;
        int taken = 0;
        while (ProcessCommandLine.TryTakeArgument(ref rest, out ReadOnlySpan<byte> argument))
        {
            Expect.Within(argument, text);
            Expect.True(!argument.Contains((byte)0));
            taken += argument.Length + 1;
            Expect.Equal(text.Length - Math.Min(taken, text.Length), rest.Length);
        }

        Expect.True(taken == text.Length || taken == text.Length + 1);
        return taken > 0;
    }

    private static bool Dirents(ReadOnlySpan<byte> entries)
    {
        List<int> numbers = [];
        ReadOnlySpan<byte> rest = entries;
        int before = rest.Length;
        while (Dirent.TryTakeNumber(ref rest, out int number, out _))
        {
            Expect.True(number >= -1);
            Expect.True(rest.Length < before);
            Expect.Within(rest, entries);
            before = rest.Length;
            if (number >= 0)
            {
                numbers.Add(number);
            }
        }

        ReadOnlySpan<byte> written = WriteDirents(numbers);
        foreach (int number in numbers)
        {
            Expect.True(Dirent.TryTakeNumber(ref written, out int again, out ulong inode) && again == number && inode == (ulong)number);
        }

        return numbers.Count > 0;
    }

    private static bool FdInfoFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => FdInfo.TryParse(cut, out ulong mount) ? $"{mount}" : null);
        bool parsed = FdInfo.TryParse(text, out ulong value);

        // Before Linux 5.15 this line is the last one.
        Expect.True(FdInfo.TryParse(Bytes($"pos:\t0\nmnt_id:\t{value}\n"), out ulong again) && again == value);
        return parsed;
    }

    private static bool IoUringFile(ReadOnlySpan<byte> text)
    {
        IoUringFdInfo ring = default;
        int files = 0;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (ring.TryTakeFile(line, out ReadOnlySpan<byte> target))
            {
                files++;
                Expect.True(target.Length > 0 && line.EndsWith(target));
            }
        }

        Expect.True(files == 0 || ring.IsKnown);
        return ring.IsKnown;
    }

    private static bool UnixFdInfoFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => UnixFdInfo.TryParse(cut, out long count) ? $"{count}" : null);
        bool parsed = UnixFdInfo.TryParse(text, out long value);
        Expect.True(value >= 0);
        Expect.True(UnixFdInfo.TryParse(Bytes($"ino:\t1\nscm_fds: {value}\n"), out long again) && again == value);
        return parsed;
    }

    private static bool InotifyFdInfoFile(ReadOnlySpan<byte> text)
    {
        long watches = InotifyFdInfo.ParseWatches(text);
        Expect.True(watches >= 0 && watches <= (text.Length / 11) + 1);
        Expect.True(InotifyFdInfo.ParseWatches([.. text, .. "\ninotify wd:1\n"u8]) == watches + 1);
        return watches > 0;
    }

    private static bool FdLinks(ReadOnlySpan<byte> target)
    {
        FdLink link = FdLink.Parse(target);
        Expect.True(Enum.IsDefined(link.Kind));
        Expect.True(link.SocketInode == 0 || link.Kind == FdKind.Socket);
        Expect.Equal(new FdLink(FdKind.Socket, link.SocketInode), FdLink.Parse(Bytes($"socket:[{link.SocketInode}]")));
        return link.Kind != FdKind.Other;
    }

    private static bool LocalPortRangeFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => LocalPortRange.TryParse(cut, [], out LocalPortRange ports) ? $"{ports}" : null);
        bool parsed = LocalPortRange.TryParse(text, [], out LocalPortRange value);
        Expect.True(!parsed || (value.First <= value.Last && value.Count == value.Last - value.First + 1));
        return parsed;
    }

    private static bool LocalReservedPorts(ReadOnlySpan<byte> text)
    {
        bool parsed = LocalPortRange.TryParse("1\t65535\n"u8, text, out LocalPortRange value);
        Expect.True(!parsed || value.Count <= 65535);
        return parsed;
    }

    private static bool FileNrFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => FileNr.TryParse(cut, out FileNr handles) ? $"{handles}" : null);
        bool parsed = FileNr.TryParse(text, out FileNr value);
        Expect.True(FileNr.TryParse(Bytes($"{value.Allocated}\t0\t{value.Max}\n"), out FileNr again) && again == value);
        return parsed;
    }

    private static bool Limits(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => ProcessLimits.TryParse(cut, out ProcessLimits limits) ? $"{limits}" : null);
        bool parsed = ProcessLimits.TryParse(text, out ProcessLimits value);
        string line = $"Max open files            {Shown(value.SoftOpenFiles),-20} {Shown(value.HardOpenFiles),-20} files     \n";
        Expect.True(ProcessLimits.TryParse(Bytes(line), out ProcessLimits again) && again == value);
        return parsed;

        static string Shown(ulong? limit) => limit is { } number ? $"{number}" : "unlimited";
    }

    private static bool Maps(ReadOnlySpan<byte> input)
    {
        string line = Texts.DecodeWild(input);
        bool parsed = ProgramImage.TryParse(line, "/p", out nuint start, out nuint length);
        Expect.Equal(parsed, length > 0);
        Expect.True(parsed || start == 0);
        Expect.True(!parsed || (line.EndsWith("/p", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] is "r-xp" or "r--p"), "writable memory would be lost");
        return parsed;
    }

    private static bool SharedMemorySegment(ReadOnlySpan<byte> line)
    {
        bool isSegment = SharedMemory.TryParse(line, out SharedMemory segment);
        Expect.True(isSegment || segment == default);
        Expect.True(segment.Creator >= 0);
        return isSegment;
    }

    private static bool Mapping(ReadOnlySpan<byte> line)
    {
        bool isMapping = ProcessMaps.TryParseLine(line, out Mapping mapping, out ReadOnlySpan<byte> path);
        Expect.True(isMapping || mapping == default);
        Expect.Within(path, line);
        Expect.True(path.IsEmpty || path[0] == (byte)'/');
        return isMapping;
    }

    private static bool Mounts(ReadOnlySpan<byte> line)
    {
        if (!Mountinfo.TryParse(line, out Mountinfo mount))
        {
            return false;
        }

        Expect.Within(mount.FileSystem, line);
        Expect.True(mount.FileSystem.Length > 0);
        if (mount.TryGetOption("hidepid"u8, out ReadOnlySpan<byte> value))
        {
            Expect.Within(value, line);
            Expect.True(!value.ContainsAny((byte)',', (byte)' '));
        }

        ReadOnlySpan<byte> path = Mountinfo.Unescape(mount.MountPoint);
        Expect.True(path.Length <= mount.MountPoint.Length && (path.Length < mount.MountPoint.Length || path.SequenceEqual(mount.MountPoint)));
        byte[] written = [.. Bytes($"{mount.Id} 44 0:39 / /host/proc rw,relatime shared:12 - "), .. mount.FileSystem, .. " proc rw"u8];
        Expect.True(Mountinfo.TryParse(written, out Mountinfo again) && again.Id == mount.Id && again.FileSystem.SequenceEqual(mount.FileSystem));
        return true;
    }

    private static bool NetNamespaceLink(ReadOnlySpan<byte> target)
    {
        Expect.CutsGiveNothingElse(target, static cut => NetNamespace.TryParse(cut, out ulong number) ? $"{number}" : null);
        bool parsed = NetNamespace.TryParse(target, out ulong inode);
        Expect.True(NetNamespace.TryParse(Bytes($"net:[{inode}]"), out ulong again) && again == inode);
        return parsed;
    }

    private static bool SocketInodes(ReadOnlySpan<byte> line)
    {
        bool parsed = SocketInode.TryParse(line, out ulong inode);
        Expect.True(SocketInode.TryParse(Bytes($"000000004ef0a1bd 4 0 {inode}       "), out ulong again) && again == inode);
        return parsed;
    }

    private static bool TcpLine(ReadOnlySpan<byte> line)
    {
        Expect.CutsGiveNothingElse(line, static cut => TcpTable.TryParse(cut, out TcpSocket socket) ? $"{socket}" : null);
        if (!TcpTable.TryParse(line, out TcpSocket value))
        {
            return false;
        }

        Expect.True(Enum.IsDefined(value.State));
        Expect.True(value.Cookie is null && value.Info is null);
        string written = $"   0: {Hex(value.Local)} {Hex(value.Remote)} {(int)value.State:X2} {value.SendQueue:X8}:{value.ReceiveQueue:X8} "
            + $"{(int)value.Timer:X2}:{value.TimerMs / 10:X8} {value.Retransmissions:X8} {value.Uid,5} 0 {value.Inode} 1 0000000000000000 20 4 30 10 -1";
        Expect.True(TcpTable.TryParse(Bytes(written), out TcpSocket again) && again == value, $"{again} after writing {value}");
        return true;

        static string Hex(in SocketEndpoint end)
        {
            Span<byte> address = stackalloc byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(address, end.AddressHigh);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(address[8..], end.AddressLow);
            StringBuilder text = new();
            for (int word = end.IsIPv4 ? 3 : 0; word < 4; word++)
            {
                text.Append($"{BitConverter.ToUInt32(address[(word * 4)..]):X8}");
            }

            return $"{text}:{end.Port:X4}";
        }
    }

    private static bool UnixLine(ReadOnlySpan<byte> line)
    {
        if (!UnixSocket.TryParse(line, out UnixSocket socket))
        {
            return false;
        }

        Expect.Within(socket.Path, line);
        byte[] written = [.. Bytes($"000000001c5cc751: 00000002 00000000 000{(socket.IsListening ? 1 : 0)}0000 0001 01 {socket.Inode} "), .. socket.Path];
        Expect.True(UnixSocket.TryParse(written, out UnixSocket again) && again.Inode == socket.Inode
            && again.IsListening == socket.IsListening && again.Path.SequenceEqual(socket.Path));
        return true;
    }

    private static bool NrOpenFile(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => NrOpen.TryParse(cut, out ulong number) ? $"{number}" : null);
        bool parsed = NrOpen.TryParse(text, out ulong value);
        Expect.True(NrOpen.TryParse(Bytes($"{value}\n"), out ulong again) && again == value);
        return parsed;
    }

    private static bool Release(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => OsRelease.TryParse(cut, out string word) ? word : null);
        bool parsed = OsRelease.TryParse(text, out string release);
        Expect.True(release.Length <= 64 && release.All(static c => c is >= '!' and <= '~'));
        return parsed;
    }

    private static bool Stat(ReadOnlySpan<byte> text)
    {
        // A name may contain what looks like a whole line.
        Expect.CutsGiveNothingElse(text, AnswerOf, from: text.LastIndexOf((byte)')') + 1);
        if (!ProcessStat.TryParse(text, out ProcessStat value))
        {
            return false;
        }

        Expect.Within(value.Comm, text);
        byte[] written =
        [
            .. "1 ("u8, .. value.Comm, .. ") "u8, value.State,
            .. Bytes($" 1 1 1 0 -1 {value.Flags} 1 2 3 4 5 6 7 8 20 0 1 0 {value.StartTicks} 1 2 3\n"),
        ];
        Expect.Equal(AnswerOf(text), AnswerOf(written));
        return true;

        static string? AnswerOf(ReadOnlySpan<byte> text)
            => ProcessStat.TryParse(text, out ProcessStat stat)
                ? $"{Latin1(stat.Comm)} {stat.State} {stat.Flags} {stat.StartTicks} {stat.IsKernelThread}"
                : null;
    }

    private static bool Statm(ReadOnlySpan<byte> text)
    {
        bool parsed = ProcessStatm.TryParse(text, out ProcessStatm value);
        Expect.True(ProcessStatm.TryParse(Bytes($"1 {value.Resident} 3\n"), out ProcessStatm again) && again == value);
        return parsed;
    }

    private static bool Status(ReadOnlySpan<byte> text)
    {
        Expect.CutsGiveNothingElse(text, static cut => ProcessStatus.TryParse(cut, out ProcessStatus status) ? $"{status.EffectiveUid} {status.IsOfOneUser} {status.ThreadGroup} {status.Tracer} {status.IsWaiting}" : null);
        Expect.CutsGiveNothingElse(text, static cut => ProcessStatus.TryParse(cut, out ProcessStatus status) ? status.Effective?.ToString() : null);
        Expect.CutsGiveNothingElse(text, static cut => ProcessStatus.TryParse(cut, out ProcessStatus status) ? status.HasNoNewPrivileges?.ToString() : null);
        Expect.CutsGiveNothingElse(text, static cut => ProcessStatus.TryParse(cut, out ProcessStatus status) ? status.Seccomp?.ToString() : null);
        bool parsed = ProcessStatus.TryParse(text, out ProcessStatus value);
        string threadGroup = value.ThreadGroup is { } pid ? $"Tgid:\t{pid}\n" : "";
        string capabilities = value.Effective is { } held ? $"CapEff:\t{held.Bits:x16}\n" : "";
        string privileges = value.HasNoNewPrivileges is { } none ? $"NoNewPrivs:\t{(none ? 1 : 0)}\n" : "";
        string seccomp = value.Seccomp is { } mode ? $"Seccomp:\t{mode}\n" : "";
        uint other = value.IsOfOneUser ? value.EffectiveUid : value.EffectiveUid ^ 1;
        string state = value.IsWaiting ? "State:\tD (disk sleep)\n" : "";
        string users = parsed ? $"Uid:\t{value.EffectiveUid}\t{value.EffectiveUid}\t{other}\t3\n" : "";
        Expect.True(ProcessStatus.TryParse(Bytes($"Name:\tx\n{state}{threadGroup}TracerPid:\t{value.Tracer}\n{users}{capabilities}{privileges}{seccomp}"), out ProcessStatus again) == parsed && again == value);
        return parsed;
    }

    private static bool UserNamespaceLink(ReadOnlySpan<byte> target)
    {
        Expect.CutsGiveNothingElse(target, static cut => UserNamespace.TryParse(cut, out ulong number) ? $"{number}" : null);
        bool parsed = UserNamespace.TryParse(target, out ulong inode);
        Expect.True(UserNamespace.TryParse(Bytes($"user:[{inode}]"), out ulong again) && again == inode);
        return parsed;
    }

    private static bool PidNamespaceLink(ReadOnlySpan<byte> target)
    {
        Expect.CutsGiveNothingElse(target, static cut => PidNamespace.TryParse(cut, out ulong number) ? $"{number}" : null);
        Expect.True(PidNamespace.CountPids(target) >= 0);
        bool parsed = PidNamespace.TryParse(target, out ulong inode);
        Expect.True(PidNamespace.TryParse(Bytes($"pid:[{inode}]"), out ulong again) && again == inode);
        return parsed;
    }

    // struct linux_dirent64: d_ino, d_off, d_reclen, d_type, d_name, filled up to eight bytes.
    private static byte[] WriteDirents(IReadOnlyList<int> numbers)
    {
        List<byte> entries = [];
        foreach (int number in numbers)
        {
            byte[] name = Bytes($"{number}\0");
            int length = (19 + name.Length + 7) & ~7;
            entries.AddRange([.. BitConverter.GetBytes((ulong)number), .. new byte[8], .. BitConverter.GetBytes((ushort)length), 4, .. name]);
            entries.AddRange(new byte[length - 19 - name.Length]);
        }

        return [.. entries];
    }

    private static byte[] Bytes(FormattableString text) => Encoding.ASCII.GetBytes(FormattableString.Invariant(text));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string Latin1(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text);
}
