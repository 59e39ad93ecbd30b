using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>The processes of one program and the sum of their resources.</summary>
internal sealed class ProgramAccount(string name)
{
    private FdTypeCounts _types;
    private FdTypeCounts _largest;
    private TcpStateCounts _sockets;
    private List<ConnectionSample>? _connections;
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

    /// <summary>Its connections by process, direction, address, state and cause.</summary>
    internal IReadOnlyList<ConnectionSample> Connections => _connections ?? (IReadOnlyList<ConnectionSample>)[];

    /// <summary>
    /// Descriptors of one type; for sockets those that are not TCP, as TCP sockets vary with the load or are in CLOSE_WAIT.
    /// Null if unknown.
    /// </summary>
    internal long? CountOf(FdType type) => !IsVisible ? null
        : type == FdType.Socket ? Math.Max(0, _types[FdType.Socket] - (_sockets.Total - WithoutDescriptor) - (DeadSockets ?? 0))
        : _types[type];

    /// <summary>The same for the process with most of them. Unknown after folding.</summary>
    internal long? LargestOf(FdType type) => IsVisible ? _largest[type] : null;

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
