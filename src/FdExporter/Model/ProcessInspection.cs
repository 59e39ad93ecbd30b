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

    /// <summary>By type, those that are not listed included.</summary>
    internal required FdTypeCounts Types { get; init; }

    /// <summary>Of the descriptors that are listed.</summary>
    internal SocketProtocolCounts Sockets
    {
        get
        {
            SocketProtocolCounts counts = default;
            foreach (ref readonly FdSample fd in Fds.AsSpan())
            {
                if (fd.Socket is { } socket)
                {
                    counts[socket.Protocol]++;
                }
            }

            return counts;
        }
    }

    /// <summary>As a scan has them; null where it may not be looked into.</summary>
    internal ProcessHoldings? Holdings
    {
        get
        {
            TcpStateCounts tcp = default;
            foreach (ref readonly FdSample fd in Fds.AsSpan())
            {
                if (fd.Socket is { Protocol: SocketProtocol.Tcp, State: { } state })
                {
                    tcp[state]++;
                }
            }

            return IsVisible ? new ProcessHoldings(Types, tcp) : null;
        }
    }

    /// <summary>In the order of their numbers, table by table.</summary>
    internal required ImmutableArray<FdSample> Fds { get; init; }

    /// <summary>Descriptors beyond <see cref="MostListed"/> and <see cref="MostTargets"/>.</summary>
    internal required int Unlisted { get; init; }

    /// <summary>Whether time ran out before the last descriptor: then there are more than are counted here.</summary>
    internal required bool IsCutShort { get; init; }
}
