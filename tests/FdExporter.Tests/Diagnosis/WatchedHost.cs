using System.Buffers.Binary;
using System.Net;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Diagnosis;

/// <summary>A host made by hand that was scanned once a minute, and the verdict at the end.</summary>
internal static class WatchedHost
{
    internal static VerdictInput After(int minutes, Func<int, HostSnapshot> look, GroupLimits? limits = null)
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);
        HostGrouper grouper = new(limits ?? new GroupLimits(20, 200, 50, 100));
        for (int minute = 0; ; minute++)
        {
            GroupedHost host = grouper.Group(look(minute));
            history.Add(host);
            if (minute == minutes)
            {
                return new VerdictInput(host, history);
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>The value, this many minutes earlier, of a number that grows at this rate to <paramref name="end"/>.</summary>
    internal static int Before(int minutes, int end, double perHour) => end - (int)Math.Round(perHour / 60 * minutes);

    internal static Verdict Verdict(this VerdictInput input) => FdExporter.Diagnosis.Verdict.Of(input);

    internal static string Plain(string text) => text.Replace('\u00a0', ' ');

    internal static HostSnapshot Owning(this HostSnapshot snapshot, ProcessHoldings?[] holdings, params ConnectionSample[] closeWait)
        => snapshot with { Ownership = new SocketOwnership([.. holdings], default, default, [.. closeWait], 0, 0) };

    internal static ProcessHoldings Holding(FdType type, int count, long closeWait = 0)
    {
        FdTypeCounts types = default;
        types[type] = count;
        TcpStateCounts sockets = default;
        sockets[TcpState.CloseWait] = closeWait;
        types[FdType.Socket] += (int)closeWait;
        return new ProcessHoldings(types, sockets);
    }

    internal static ProcessSample Process(int pid, string group, long open, ulong? softLimit = 65536, string unit = "")
    {
        ProcessSample process = Snapshots.Process(pid, group, open, softLimit);
        return process with { Facts = process.Facts with { Owner = CgroupOwner.None with { Unit = unit } } };
    }

    /// <summary>All of them stuck for six hours.</summary>
    internal static ConnectionSample Outbound(int process, string peer, long count, CloseWaitCause cause = CloseWaitCause.NotClosed)
        => new ConnectionSample(process, ConnectionDirection.Outbound, Endpoint(peer), TcpState.CloseWait, cause, count, default, default).For(21720);

    /// <summary>All of them stuck for eleven minutes.</summary>
    internal static ConnectionSample Inbound(int process, ushort port, long count, CloseWaitCause cause = CloseWaitCause.NotClosed)
        => new ConnectionSample(process, ConnectionDirection.Inbound, new ConnectionAddress(0, 0, port), TcpState.CloseWait, cause, count, default, default).For(660);

    /// <summary>This number (all if null) has been in CLOSE_WAIT for this long; the others are new.</summary>
    internal static ConnectionSample For(this ConnectionSample sample, int seconds, long? count = null)
    {
        CloseWaitAges aged = default;
        for (int i = 0; i < CloseWaitAges.Length; i++)
        {
            aged[i] = seconds >= CloseWaitAges.Thresholds[i] ? count ?? sample.Count : 0;
        }

        return sample with { Oldest = TimeSpan.FromSeconds(seconds), Aged = aged };
    }

    internal static ConnectionAddress Endpoint(string peer)
    {
        IPEndPoint end = IPEndPoint.Parse(peer);
        byte[] bytes = end.Address.MapToIPv6().GetAddressBytes();
        return new ConnectionAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)), (ushort)end.Port);
    }
}
