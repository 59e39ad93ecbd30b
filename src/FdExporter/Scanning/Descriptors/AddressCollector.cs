using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Connections;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>
/// Collector <c>connections</c>: TCP connections by process and address, in every state. Idle times are read every few minutes; between
/// these readings the last numbers stay, at most as many as there are connections.
/// </summary>
internal sealed class AddressCollector
{
    /// <summary>Maximum number of destinations whose ephemeral ports are shown.</summary>
    private const int MostDestinations = 10;

    /// <summary>Destinations with fewer ports are not shown.</summary>
    private const double MinShareOfPorts = 0.1;

    /// <summary>By process and address in one number, which is the fastest key: it is needed for each socket.</summary>
    private readonly Dictionary<long, int> _places = [];
    private Sums[] _sums = new Sums[64];

    private Dictionary<(ProcessId? Process, ushort Address, uint Generation), Reading> _readings = [];
    private Dictionary<(ProcessId? Process, ushort Address, uint Generation), Reading> _next = [];

    /// <param name="holderOf">By the index of a row: the index of the process that holds it; -1 if unknown.</param>
    /// <param name="interfaceName">By a process of the namespace and the index of the interface.</param>
    internal HostConnections Collect(
        TcpSocketTable sockets, ImmutableArray<ProcessSample> processes, Func<int, int> holderOf, Func<ProcFolder, uint, string?> interfaceName)
    {
        AddUp(sockets, holderOf);
        _next.Clear();
        ImmutableArray<AddressSample>.Builder samples = ImmutableArray.CreateBuilder<AddressSample>(_places.Count);
        foreach ((long key, int place) in _places)
        {
            (int process, ushort number) = ((int)(key >> 16), (ushort)key);
            ref readonly Sums sums = ref _sums[place];
            ref readonly AddressTable.Entry entry = ref sockets.Addresses[number];
            Reading? reading = ReadingOf((process < 0 ? null : processes[process].Id, number, entry.Generation), in sums);
            UnansweredCounts unanswered = sums.Unanswered;
            unanswered[UnansweredCause.Unread] = Math.Min(reading?.Unread ?? 0, sums.States[TcpState.Established]);
            bool isInbound = number == AddressTable.OtherInbound || entry.Key.IsInbound;
            samples.Add(new AddressSample(
                process,
                isInbound ? ConnectionDirection.Inbound : ConnectionDirection.Outbound,
                number <= AddressTable.OtherOutbound ? null : AddressOf(sockets, in entry, interfaceName))
            {
                States = sums.States,
                Unanswered = unanswered,
                Idle = reading?.Idle.AtMost(sums.States[TcpState.Established]),
            });
        }

        (_readings, _next) = (_next, _readings);
        return new HostConnections(samples.MoveToImmutable(), PortsOf(sockets, interfaceName));
    }

    private void AddUp(TcpSocketTable sockets, Func<int, int> holderOf)
    {
        _places.Clear();
        ReadOnlySpan<TcpSocketTable.Row> rows = sockets.Rows.Span;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly TcpSocketTable.Row row = ref rows[i];
            if (row.Address == AddressTable.None)
            {
                continue;
            }

            ref readonly AddressTable.Entry entry = ref sockets.Addresses[row.Address];
            ushort number = entry.Sockets >= AddressTable.MinShown ? row.Address
                : row.Address == AddressTable.OtherInbound || entry.Key.IsInbound ? AddressTable.OtherInbound
                : AddressTable.OtherOutbound;
            SumsOf(holderOf(i), number).Add(row.State, row.Traits);
        }
    }

    private ref Sums SumsOf(int process, ushort number)
    {
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, ((long)process << 16) | number, out bool isKnown);
        if (!isKnown)
        {
            place = _places.Count - 1;
            if (place == _sums.Length)
            {
                Array.Resize(ref _sums, place * 2);
            }

            _sums[place] = default;
        }

        return ref _sums[place];
    }

    private Reading? ReadingOf((ProcessId? Process, ushort Address, uint Generation) key, in Sums sums)
    {
        Reading? reading = sums.IsIdleKnown ? new Reading(sums.Idle, sums.Unanswered[UnansweredCause.Unread])
            : _readings.TryGetValue(key, out Reading before) ? before
            : null;
        if (reading is { } known)
        {
            _next[key] = known;
        }

        return reading;
    }

    private static ConnectionAddress AddressOf(TcpSocketTable sockets, in AddressTable.Entry entry, Func<ProcFolder, uint, string?> interfaceName)
        => new(
            entry.Key.Endpoint,
            entry.Key.Interface == 0 ? null : interfaceName(sockets.Connections.ProcessIn(entry.NamespaceIndex), entry.Key.Interface));

    private static EphemeralPorts? PortsOf(TcpSocketTable sockets, Func<ProcFolder, uint, string?> interfaceName)
    {
        if (sockets is not { LocalPorts: { Count: > 0 } range, HostNamespace: { } host })
        {
            return null;
        }

        Dictionary<ConnectionAddress, EphemeralPortUse> uses = [];
        foreach (ushort number in sockets.Addresses.DestinationsOf(host))
        {
            ref readonly AddressTable.Entry entry = ref sockets.Addresses[number];
            if (entry.Ports >= range.Count * MinShareOfPorts)
            {
                ConnectionAddress address = AddressOf(sockets, in entry, interfaceName);
                ref EphemeralPortUse use = ref CollectionsMarshal.GetValueRefOrAddDefault(uses, address, out _);
                use = entry.Ports > use.Used ? new EphemeralPortUse(address, entry.Ports, entry.TimeWait) : use;
            }
        }

        return new EphemeralPorts(range.Count, [.. uses.Values.OrderByDescending(static use => use.Used).Take(MostDestinations)]);
    }

    private readonly record struct Reading(IdleCounts Idle, long Unread);

    private struct Sums
    {
        internal TcpStateCounts States;
        internal UnansweredCounts Unanswered;
        internal IdleCounts Idle;
        internal bool IsIdleKnown;

        internal void Add(byte state, ConnectionTraits traits)
        {
            States[(TcpState)state]++;
            if (traits.Unanswered is { } cause)
            {
                Unanswered[cause]++;
            }

            if (traits.IdleLevels is { } levels)
            {
                IsIdleKnown = true;
                Idle.Count(levels, traits.KeepAlive);
            }
        }
    }
}
