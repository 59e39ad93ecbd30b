using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Wording;

/// <summary>Numbers for people: <c>16 240</c>, <c>61 %</c>, <c>6 h 2 min</c>. A no-break space keeps a number on one line.</summary>
internal static class HumanText
{
    private static readonly NumberFormatInfo s_spaced = new() { NumberGroupSeparator = "\u00a0", NumberGroupSizes = [3] };

    internal static string Number(long number) => number.ToString("#,0", s_spaced);

    internal static string Number(ulong number) => number.ToString("#,0", s_spaced);

    /// <summary><c>1 process</c>, <c>1 024 processes</c>.</summary>
    internal static string Count(long number, string one, string many) => $"{Number(number)} {(number == 1 ? one : many)}";

    /// <summary>Rounded down, so that a value below 100 % never reads as 100 %.</summary>
    internal static string Percent(double ratio)
        => double.IsPositiveInfinity(ratio) ? "more than 100\u00a0%" : $"{Math.Floor(ratio * 100).ToString("#,0", s_spaced)}\u00a0%";

    /// <summary><c>4712 is a thread of appserver (pid 4711)</c></summary>
    internal static string ThreadOf(int thread, in ProcessSample process)
        => FormattableString.Invariant($"{thread} is a thread of {process.Facts.Group} (pid\u00a0{process.Id.Pid})");

    /// <summary><c>12.3 GiB</c>, rounded down; <c>512 B</c>.</summary>
    internal static string Bytes(long bytes)
    {
        int unit = 0;
        double number = bytes;
        for (; number >= 1024 && unit < 5; unit++)
        {
            number /= 1024;
        }

        return unit == 0 ? $"{Number(bytes)}\u00a0B" : FormattableString.Invariant($"{Math.Floor(number * 10) / 10:0.#}\u00a0{"KMGTP"[unit - 1]}iB");
    }

    /// <summary>For a process whose threads may have unknown descriptor tables.</summary>
    internal const string UncheckedTables = "Its threads could not be compared: descriptors in a table of a single thread are missing here.";

    /// <summary>For a process that holds more descriptors than its soft limit.</summary>
    internal const string AboveLimit = "the limit was lowered below the number of open descriptors, so the process cannot open more";

    /// <summary>The two largest units, rounded down: an age is never overstated.</summary>
    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => FormattableString.Invariant($"{time.Days}\u00a0d {time.Hours}\u00a0h"),
        { TotalHours: >= 1 } => FormattableString.Invariant($"{time.Hours}\u00a0h {time.Minutes}\u00a0min"),
        { TotalMinutes: >= 1 } => FormattableString.Invariant($"{time.Minutes}\u00a0min"),
        _ => FormattableString.Invariant($"{time.Seconds}\u00a0s"),
    };

    /// <summary>The same for a table: <c>6h2m</c>.</summary>
    internal static string ShortDuration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => FormattableString.Invariant($"{time.Days}d{time.Hours}h"),
        { TotalHours: >= 1 } => FormattableString.Invariant($"{time.Hours}h{time.Minutes}m"),
        { TotalMinutes: >= 1 } => FormattableString.Invariant($"{time.Minutes}m"),
        _ => FormattableString.Invariant($"{time.Seconds}s"),
    };

    /// <summary><c>+190/h</c>, rounded.</summary>
    internal static string PerHour(double perHour)
        => $"{(Math.Round(perHour) < 0 ? "-" : "+")}{Number((long)Math.Min(Math.Abs(Math.Round(perHour)), long.MaxValue / 2))}/h";

    /// <summary>An estimate in one unit: <c>about 12 days</c>.</summary>
    internal static string About(TimeSpan time) => time switch
    {
        { TotalDays: >= 3650 } => "more than ten years",
        { TotalDays: >= 2 } => FormattableString.Invariant($"about {time.TotalDays:0}\u00a0days"),
        { TotalHours: >= 2 } => FormattableString.Invariant($"about {time.TotalHours:0}\u00a0h"),
        _ => FormattableString.Invariant($"about {Math.Max(1, time.TotalMinutes):0}\u00a0min"),
    };

    /// <summary>The name of descriptors of this type; for sockets, of those that are not TCP.</summary>
    internal static string TypeOf(FdType type) => type switch
    {
        FdType.Socket => "sockets that are not TCP",
        FdType.Pipe => "ends of pipes",
        FdType.File => "open files",
        FdType.DeletedFile => "deleted files that are still open",
        FdType.EventFd => "eventfd descriptors",
        FdType.EventPoll => "epoll instances",
        FdType.Inotify => "inotify instances",
        FdType.TimerFd => "timerfd descriptors",
        FdType.SignalFd => "signalfd descriptors",
        FdType.MemFd => "memfd files",
        FdType.Device => "open devices",
        _ => "descriptors of other types",
    };

    internal static string ProtocolOf(SocketProtocol protocol) => protocol switch
    {
        SocketProtocol.Tcp => "TCP sockets",
        SocketProtocol.Mptcp => "MPTCP sockets",
        SocketProtocol.Udp => "UDP sockets",
        SocketProtocol.Raw => "raw sockets",
        SocketProtocol.Icmp => "ICMP sockets",
        SocketProtocol.Unix => "Unix sockets",
        SocketProtocol.Netlink => "netlink sockets",
        SocketProtocol.Packet => "packet sockets",
        SocketProtocol.Vsock => "vsock sockets",
        SocketProtocol.Sctp => "SCTP sockets",
        SocketProtocol.Alg => "sockets of the kernel's crypto (AF_ALG)",
        SocketProtocol.Xdp => "XDP sockets",
        SocketProtocol.Other => "sockets of other protocols",
        _ => "sockets of unknown protocol (never connected, reset, or of another network namespace)",
    };

    /// <summary>What sockets in no table are, and what to do about them; below a list that has some.</summary>
    internal const string Unconnected = "In no socket table: the socket was never connected or bound, was reset, or is of another network namespace. "
        + "If there are many, the program leaks them: it has to close a socket also when bind() or connect() failed, or the peer reset it.";

    /// <summary>The name of descriptors of one <see cref="OtherKind"/>.</summary>
    internal static string OtherKindOf(string kind) => kind switch
    {
        "bpf-map" => "BPF maps",
        "bpf-prog" => "BPF programs",
        "bpf_link" => "BPF links",
        "btf" => "BPF type descriptions (BTF)",
        "dmabuf" => "DMA buffers",
        "fanotify" => "fanotify instances",
        "io_uring" => "io_uring instances",
        "kvm-vm" => "KVM machines",
        "kvm-vcpu" => "KVM processors",
        "landlock-ruleset" => "Landlock rulesets",
        "perf_event" => "perf events",
        "pidfd" => "pidfds",
        "sync_file" => "sync files",
        "other" => "descriptors of other types",
        _ when kind.EndsWith(" namespace", StringComparison.Ordinal) => $"{kind}s",
        _ => $"{kind} descriptors",
    };

    /// <summary>
    /// <c>, most of them sockets in CLOSE_WAIT (9 812)</c>, <c>, most of them Unix sockets to /run/app.sock (800)</c>; empty where no kind is
    /// more than half, or it is not known.
    /// </summary>
    /// <param name="kinds">The process was inspected; null if not.</param>
    internal static string MostOf(ProcessHoldings? holdings, long open, InspectedKinds? kinds)
    {
        if (holdings is null)
        {
            return "";
        }

        (string what, long count) = ("sockets in CLOSE_WAIT", holdings.Sockets[TcpState.CloseWait]);
        long otherTcp = holdings.Sockets.Total - count;
        if (otherTcp > count)
        {
            (what, count) = ("TCP sockets", otherTcp);
        }

        if (holdings.DeadSockets > count)
        {
            (what, count) = ("TCP sockets without a connection", holdings.DeadSockets.Value);
        }

        if (holdings.Unix[UnixSocketState.PeerClosed] is var closed && closed > count)
        {
            (what, count) = ("Unix sockets that the other side has closed", closed);
        }

        for (SocketProtocol protocol = SocketProtocol.Udp; protocol < SocketProtocol.Unknown; protocol++)
        {
            if (holdings.CountOf(protocol) is var ofProtocol && ofProtocol > count)
            {
                string where = kinds?.TargetOfMost(protocol, isPeerClosed: false, ofProtocol) is { } target ? $" {target.Where}" : "";
                (what, count) = (ProtocolOf(protocol) + where, ofProtocol);
            }
        }

        for (int i = 0; i < FdTypeCounts.Length; i++)
        {
            FdType type = (FdType)i;
            long ofType = type == FdType.Socket ? holdings.OtherSockets : holdings.Types[type];
            if (ofType > count)
            {
                (what, count) = (TypeOf(type), ofType);
            }
        }

        return count * 2 > open ? $", most of them {what} ({Number(count)})" : "";
    }

    /// <summary>
    /// <c> (pid 11342)</c> where that process has all of them, <c> (most, 5 160, of pid 11342)</c>, or where it only has more
    /// than any other <c> (5 160 of pid 11342)</c>.
    /// </summary>
    internal static string Share(long most, long count, string of, in ProcessSample process)
        => most >= count ? $" ({WhoIs(in process)})"
            : $" ({(most * 2 > count ? $"most, {Number(most)}," : Number(most))} {of} {WhoIs(in process)})";

    internal static string FirstUpper(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary><c>pid 11342</c>; <c>that process</c> where it is not known.</summary>
    internal static string PidOf(ProcessId? id) => id is null ? "that process" : $"pid {Pid(id)}";

    /// <summary>The pid, or <c>PID</c> where it is not known.</summary>
    internal static string Pid(ProcessId? id) => id?.Pid.ToString(CultureInfo.InvariantCulture) ?? "PID";

    internal static string Limit(ulong? limit) => limit is { } number ? Number(number) : "unlimited";

    /// <summary><c>pid 11342, unit payment.service</c>; <c>pid 11342, pod shop/payment-7d9f5c6b8-x2x7k, container app</c>.</summary>
    internal static string WhoIs(in ProcessSample process)
    {
        CgroupOwner owner = process.Facts.Owner;
        string where = owner.Kubernetes is { } pod ? $", pod {pod.FullName}{(owner.ContainerName.Length > 0 ? $", container {owner.ContainerName}" : "")}"
            : owner.Pod.Length > 0 ? $", pod {owner.Pod}"
            : owner.Container.Length > 0 ? $", container {owner.Container}"
            : owner.Unit.Length > 0 ? $", unit {owner.Unit}"
            : "";
        return FormattableString.Invariant($"pid {process.Id.Pid}{where}");
    }
}
