using FdExporter.Model;

namespace FdExporter.Accounts;

/// <summary>The processes of one program, and all that they hold.</summary>
internal sealed class ProgramAccount(string name)
{
    private FdTypeCounts _types;
    private FdTypeCounts _largest;
    private TcpStateCounts _sockets;
    private List<ConnectionSample>? _connections;
    private List<int>? _processes;

    internal string Name { get; } = name;

    internal long ProcessCount { get; private set; }

    /// <summary>Indices among the snapshot's processes; empty for what is folded.</summary>
    internal IReadOnlyList<int> Processes => _processes ?? (IReadOnlyList<int>)[];

    /// <summary>Unit: descriptors. Null where not one process's may be counted.</summary>
    internal long? OpenFds { get; private set; }

    /// <summary>Of the process that holds most.</summary>
    internal long? MaxProcessOpenFds { get; private set; }

    /// <summary>Of the process nearest to its soft limit; null where no process's limit may be read.</summary>
    internal double? MaxProcessFdRatio { get; private set; }

    /// <summary>Whether access to at least one process is granted.</summary>
    internal bool IsVisible { get; private set; }

    /// <summary>Of the processes to which access is granted.</summary>
    internal ref readonly FdTypeCounts Types => ref _types;

    /// <summary>Likewise the TCP sockets that they own.</summary>
    internal ref readonly TcpStateCounts Sockets => ref _sockets;

    /// <summary>Those of them that no descriptor leads to.</summary>
    internal long WithoutDescriptor { get; private set; }

    /// <summary>TCP sockets that are held open though their connection is gone; of the processes of which it is known, null where of none.</summary>
    internal long? DeadSockets { get; private set; }

    /// <summary>Its connections by process, direction, address, state and cause.</summary>
    internal IReadOnlyList<ConnectionSample> Connections => _connections ?? (IReadOnlyList<ConnectionSample>)[];

    /// <summary>
    /// Descriptors of one type; of the sockets those that are not TCP, which rise and fall with the load or are in
    /// CLOSE_WAIT. Null where it is not known.
    /// </summary>
    internal long? CountOf(FdType type) => !IsVisible ? null
        : type == FdType.Socket ? Math.Max(0, _types[FdType.Socket] - (_sockets.Total - WithoutDescriptor) - (DeadSockets ?? 0))
        : _types[type];

    /// <summary>Likewise of the process that holds most of them. Not known of what is folded.</summary>
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

    /// <summary>Sockets in CLOSE_WAIT of one process that are still answered: they are no leak.</summary>
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

    /// <summary>Folds another program into this one: its sums, not its processes and connections.</summary>
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
