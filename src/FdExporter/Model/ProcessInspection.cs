using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>One process, descriptor by descriptor: what <c>lsof -p</c> would say.</summary>
internal sealed record ProcessInspection
{
    /// <summary>So many descriptors are listed; beyond that they are counted by type only.</summary>
    internal const int MostListed = 100_000;

    /// <summary>Unit: bytes. Likewise beyond so much of what they lead to: whoever holds them may have made paths of four kilobytes each.</summary>
    internal const int MostTargets = 32 * 1024 * 1024;

    internal required DateTimeOffset TakenAt { get; init; }

    internal required ProcessSample Process { get; init; }

    /// <summary>The thread with a descriptor table of its own that was asked for: only that table is shown. Null for the whole process.</summary>
    internal int? Thread { get; init; }

    /// <summary>The command line; it may hold secrets. Empty where it may not be read.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>False where its descriptors may not be looked into: then only their number is known.</summary>
    internal required bool IsVisible { get; init; }

    /// <summary>What would help where it is not visible.</summary>
    internal Coverage Coverage { get; init; } = Coverage.Full;

    /// <summary>By type, those that are not listed included; nothing where access is denied.</summary>
    internal required FdTypeCounts Types { get; init; }

    /// <summary>
    /// The sockets that the listed descriptors lead to, each once, however many descriptors lead there: one descriptor of each.
    /// </summary>
    internal IEnumerable<FdSample> EachSocket
    {
        get
        {
            // The link names the inode: socket:[363722].
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (FdSample fd in Fds)
            {
                if (fd.Socket is not null && seen.Add(fd.Target))
                {
                    yield return fd;
                }
            }
        }
    }

    /// <summary>Whether every descriptor is listed: else what is counted of them is less than there is.</summary>
    internal bool IsWhole => IsVisible && Unlisted == 0 && !IsCutShort;

    /// <summary>Each socket once; of the descriptors that are listed.</summary>
    internal SocketProtocolCounts Sockets
    {
        get
        {
            SocketProtocolCounts counts = default;
            foreach (FdSample fd in EachSocket)
            {
                counts[fd.Socket!.Protocol]++;
            }

            return counts;
        }
    }

    /// <summary>As a scan has them: of the TCP sockets those that it is the owner of. Null where not all descriptors could be listed.</summary>
    internal ProcessHoldings? Holdings
    {
        get
        {
            TcpStateCounts tcp = default;
            foreach (FdSample fd in EachSocket)
            {
                if (fd.Socket is { Protocol: SocketProtocol.Tcp, State: { } state, IsOwnedByAnother: false })
                {
                    tcp[state]++;
                }
            }

            return IsWhole ? new ProcessHoldings(Types, tcp) : null;
        }
    }

    /// <summary>In the order of their numbers, table by table.</summary>
    internal required ImmutableArray<FdSample> Fds { get; init; }

    /// <summary>Descriptors beyond <see cref="MostListed"/> and <see cref="MostTargets"/>.</summary>
    internal required int Unlisted { get; init; }

    /// <summary>Whether time ran out before the last descriptor: then there are more than are counted here.</summary>
    internal required bool IsCutShort { get; init; }
}
