using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>The processes of one program and the sum of their resources.</summary>
internal sealed class ProgramAccount(string name)
{
    private FdTypeCounts _types;
    private FdTypeCounts _largest;
    private TcpStateCounts _sockets;
    private SocketProtocolCounts _protocols;
    private SocketProtocolCounts _largestByProtocol;
    private UnixSocketStateCounts _unix;
    private List<ConnectionSample>? _connections;
    private List<ListenerSample>? _listeners;
    private List<AddressSample>? _addresses;
    private IReadOnlyCollection<AddressTotal>? _addressTotals;
    private List<DeletedFilesSample>? _deletedFiles;
    private List<int>? _processes;

    internal string Name { get; } = name;

    internal long ProcessCount { get; private set; }

    /// <summary>Indices into the snapshot's processes; empty after folding.</summary>
    internal IReadOnlyList<int> Processes => _processes ?? (IReadOnlyList<int>)[];

    /// <summary>Unit: descriptors. Null if none of its processes can be counted.</summary>
    internal long? OpenFds { get; private set; }

    /// <summary>Of the process with most descriptors.</summary>
    internal long? MaxProcessOpenFds { get; private set; }

    /// <summary>Of the process nearest to its soft limit; null if no limit can be read.</summary>
    internal double? MaxProcessFdRatio { get; private set; }

    /// <summary>Whether access to at least one process is granted.</summary>
    internal bool IsVisible { get; private set; }

    /// <summary>Of the processes to which access is granted.</summary>
    internal ref readonly FdTypeCounts Types => ref _types;

    /// <summary>TCP sockets owned by those processes.</summary>
    internal ref readonly TcpStateCounts Sockets => ref _sockets;

    /// <summary>Those of them without a descriptor.</summary>
    internal long WithoutDescriptor { get; private set; }

    /// <summary>TCP sockets held open although their connection is gone, in processes for which this is known; null if for none.</summary>
    internal long? DeadSockets { get; private set; }

    /// <summary>Sockets of those processes by protocol, see <see cref="ProcessHoldings.Protocols"/>.</summary>
    internal ref readonly SocketProtocolCounts Protocols => ref _protocols;

    /// <summary>Their Unix sockets by state.</summary>
    internal ref readonly UnixSocketStateCounts Unix => ref _unix;

    /// <summary>Its connections in CLOSE_WAIT by process, direction, address and cause.</summary>
    internal IReadOnlyList<ConnectionSample> Connections => _connections ?? (IReadOnlyList<ConnectionSample>)[];

    /// <summary>Its listening sockets by process and port.</summary>
    internal IReadOnlyList<ListenerSample> Listeners => _listeners ?? (IReadOnlyList<ListenerSample>)[];

    /// <summary>All its connections by process and address.</summary>
    internal IReadOnlyList<AddressSample> Addresses => _addresses ?? (IReadOnlyList<AddressSample>)[];

    /// <summary>The same by address, for all its processes. Added up once, when it is complete.</summary>
    internal IReadOnlyCollection<AddressTotal> AddressTotals => _addressTotals ??= AddressTotal.Of(Addresses);

    /// <summary>The deleted files that it holds open, by process and file system.</summary>
    internal IReadOnlyList<DeletedFilesSample> DeletedFiles => _deletedFiles ?? (IReadOnlyList<DeletedFilesSample>)[];

    /// <summary>
    /// Descriptors of one type; for sockets those that are not TCP, as TCP sockets vary with the load or are in CLOSE_WAIT, and
    /// without Unix sockets that the peer has closed. Null if unknown.
    /// </summary>
    internal long? CountOf(FdType type) => !IsVisible ? null
        : type == FdType.Socket ? Math.Max(0, _types[FdType.Socket] - (_sockets.Total - WithoutDescriptor) - (DeadSockets ?? 0) - _unix[UnixSocketState.PeerClosed])
        : _types[type];

    /// <summary>The same for the process with most of them. Unknown after folding.</summary>
    internal long? LargestOf(FdType type) => IsVisible ? _largest[type] : null;

    /// <summary>The same for sockets of one protocol, see <see cref="ProcessHoldings.CountOf"/>.</summary>
    internal long? LargestOf(SocketProtocol protocol) => IsVisible ? _largestByProtocol[protocol] : null;

    /// <summary>
    /// Its handles of one kind. Sockets count once; other descriptors count for each process that has inherited them. 0 if unknown.
    /// </summary>
    internal long HandlesOf(HandleKind kind) => kind switch
    {
        { Type: { } type } => _types[type],
        { Protocol: { } protocol } => _protocols[protocol],
        { State: { } state } => _sockets[state],
        _ => DeadSockets ?? 0,
    };

    internal void Add(int index, in ProcessSample process, ProcessHoldings? holdings)
    {
        ProcessCount++;
        (_processes ??= []).Add(index);
        Add(process.OpenFds, process.OpenFds, process.FdRatio);
        if (holdings is not null)
        {
            IsVisible = true;
            _types.Add(holdings.Types);
            _sockets.Add(holdings.Sockets);
            WithoutDescriptor += holdings.WithoutDescriptor;
            DeadSockets = Sum(DeadSockets, holdings.DeadSockets);
            _protocols.Add(holdings.Protocols);
            _unix.Add(holdings.Unix);
            for (SocketProtocol protocol = 0; protocol <= SocketProtocol.Unknown; protocol++)
            {
                _largestByProtocol[protocol] = (int)Math.Max(_largestByProtocol[protocol], holdings.CountOf(protocol));
            }

            for (int i = 0; i < FdTypeCounts.Length; i++)
            {
                FdType type = (FdType)i;
                long count = type == FdType.Socket ? holdings.OtherSockets : holdings.Types[type];
                _largest[type] = (int)Math.Max(_largest[type], count);
            }
        }
    }

    /// <summary>CLOSE_WAIT sockets of one process that still serve their peer: not a leak.</summary>
    internal long StillSendingOf(int process)
    {
        long sockets = 0;
        foreach (ConnectionSample sample in Connections)
        {
            sockets += sample.Process == process && sample is { State: TcpState.CloseWait, Cause: CloseWaitCause.StillSending } ? sample.Count : 0;
        }

        return sockets;
    }

    /// <summary>Sockets in CLOSE_WAIT that it has accepted or opened itself.</summary>
    internal long OwnCloseWait(ConnectionDirection direction)
    {
        long sockets = 0;
        foreach (ConnectionSample sample in Connections)
        {
            bool isItsOwn = sample is { State: TcpState.CloseWait, InheritedFrom: null, Cause: not (CloseWaitCause.NotAccepted or CloseWaitCause.StillSending) };
            sockets += isItsOwn && sample.Direction == direction ? sample.Count : 0;
        }

        return sockets;
    }

    internal void Add(in ListenerSample sample) => (_listeners ??= []).Add(sample);

    internal void Add(in AddressSample sample) => (_addresses ??= []).Add(sample);

    internal void Add(in DeletedFilesSample sample) => (_deletedFiles ??= []).Add(sample);

    internal void Add(in ConnectionSample sample) => (_connections ??= []).Add(sample);

    /// <summary>Adds another program to this one: its sums, without its processes and connections.</summary>
    internal void Fold(ProgramAccount other)
    {
        ProcessCount += other.ProcessCount;
        Add(other.OpenFds, other.MaxProcessOpenFds, other.MaxProcessFdRatio);
        IsVisible |= other.IsVisible;
        _types.Add(other.Types);
        _sockets.Add(other.Sockets);
        WithoutDescriptor += other.WithoutDescriptor;
        DeadSockets = Sum(DeadSockets, other.DeadSockets);
        _protocols.Add(other.Protocols);
        _unix.Add(other.Unix);
    }

    private static long? Sum(long? one, long? other) => one is null ? other : one + (other ?? 0);

    private void Add(long? openFds, long? maxOpenFds, double? ratio)
    {
        if (openFds is { } open)
        {
            OpenFds = (OpenFds ?? 0) + open;
            MaxProcessOpenFds = Math.Max(MaxProcessOpenFds ?? 0, maxOpenFds ?? 0);
        }

        if (ratio is { } known)
        {
            MaxProcessFdRatio = Math.Max(MaxProcessFdRatio ?? 0, known);
        }
    }
}
