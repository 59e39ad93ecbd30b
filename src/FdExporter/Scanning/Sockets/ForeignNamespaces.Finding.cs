using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>Finds the namespaces and the evidence that they exist.</summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Marks a key made from the cookie, for namespaces without a number; never equal to a procfs number.</summary>
    private const ulong KeyIsCookie = 1UL << 63;

    private static readonly string s_enterDenied = new KernelException("setns", "a network namespace", Libc.EPERM).Message;

    private void Find(ProcessTable processes, Deadline deadline)
    {
        foreach (ForeignNamespace foreign in _known.Values)
        {
            foreign.IsThere = false;
        }

        // The names are needed for namespaces found by processes.
        if (_mounts.Refresh())
        {
            _unreadMounts.Clear();
            _hostNumber = NetNamespace.TryReadLink(procFs, 1, out ulong host) == ReadStatus.Ok ? host : 0;
        }

        FindByProcesses(processes);
        FindByThreads(processes, deadline);
        FindByMounts();
        foreach ((ulong cookie, (CarriedSocket socket, _)) in _unreadSockets)
        {
            if (!socket.IsThere(procFs))
            {
                _unreadSockets.Remove(cookie);
            }
        }

        foreach (ForeignNamespace foreign in _known.Values)
        {
            if (!foreign.IsThere)
            {
                foreign.IsThere = foreign.Socket is { } socket && socket.IsThere(procFs);
                foreign.Process = default;
            }
        }
    }

    private void FindByProcesses(ProcessTable processes)
    {
        foreach (ref readonly ProcessSample process in processes.Processes.AsSpan())
        {
            if (process.Facts.NetNamespace is not { } id || id == _host)
            {
                continue;
            }

            // The first process of a namespace is the one that it was created for. Check again that it is still there: it may have moved
            // since its facts were read, or be a zombie, which is in no namespace.
            ProcFolder folder = FdTableFolders.FolderOf(in process);
            _ = _known.TryGetValue(id, out ForeignNamespace? foreign);
            if (foreign is not { IsThere: true } && IsIn(folder, id))
            {
                foreign = NoteProcess(id, foreign, in process, folder);
            }

            if (foreign is not null)
            {
                foreign.NewestStart = Math.Max(foreign.NewestStart, process.Id.StartTicks);
            }
        }
    }

    private void FindByThreads(ProcessTable processes, Deadline deadline)
    {
        foreach (ForeignNamespace foreign in _known.Values)
        {
            foreign.IsThere |= foreign.Process.Thread != 0 && IsIn(foreign.Process, foreign.Id);
        }

        if (!procFs.IsKernel)
        {
            return;
        }

        _threads.Search(processes, IsFound, FoundThread, deadline);

        bool IsFound(ulong id) => id == _host || (_known.TryGetValue(id, out ForeignNamespace? foreign) && foreign.IsThere);

        void FoundThread(in ProcessSample process, ProcFolder thread, ulong id)
        {
            _ = NoteProcess(id, _known.GetValueOrDefault(id), in process, thread);
        }
    }

    /// <summary>A process or thread lives in it.</summary>
    /// <param name="foreign">Null for a new one, which is kept only once all its values are known.</param>
    private ForeignNamespace NoteProcess(ulong id, ForeignNamespace? foreign, in ProcessSample process, ProcFolder folder)
    {
        bool mayAsk = procFs.MayAsk(folder.Pid);
        ulong number = foreign?.Number is > 0 and var known ? known
            : mayAsk && NetNamespace.TryReadLink(procFs, folder, out ulong read) == ReadStatus.Ok ? read : 0;
        uint? user = foreign?.User ?? (mayAsk ? NamespaceOwner.TryRead(procFs, folder) : null) ?? process.Facts.Uid;
        foreign ??= Add(id);
        (foreign.Process, foreign.IsThere, foreign.Number, foreign.User) = (folder, true, number, user);
        foreign.Name = NameOf(process.Facts.Owner, number);
        return foreign;
    }

    private void FindByMounts()
    {
        _byNumber.Clear();
        foreach (ForeignNamespace foreign in _known.Values)
        {
            _byNumber[foreign.Number] = foreign;
        }

        foreach (ulong number in _mounts.All.Keys)
        {
            if (number == _hostNumber)
            {
                continue;
            }

            if (_byNumber.TryGetValue(number, out ForeignNamespace? foreign))
            {
                _unreadMounts.Remove(number);
                if (!foreign.IsThere)
                {
                    (foreign.IsThere, foreign.Process, foreign.Name) = (true, default, NameOfMount(number));
                }
            }
            else
            {
                OpenMount(number);
            }
        }
    }

    private void OpenMount(ulong number)
    {
        if (!_mayEnter)
        {
            _unreadMounts[number] = s_enterDenied;
            return;
        }

        try
        {
            using SafeFd? opened = _mounts.TryOpen(number);
            if (opened is null)
            {
                // Hidden below another mount, or just unmounted; then the mounts are read again.
                _unreadMounts[number] = "its mount cannot be reached";
            }
            else if (TryAdd(opened, number, out ForeignNamespace foreign) && foreign is { IsThere: false })
            {
                (foreign.IsThere, foreign.Name) = (true, NameOfMount(number));
                _unreadMounts.Remove(number);
            }
        }
        catch (KernelException exception)
        {
            _mayEnter &= exception.Errno != Libc.EPERM;
            _unreadMounts[number] = exception.Message;
        }
    }

    /// <summary>Enters a namespace to identify it. False for the host's.</summary>
    /// <exception cref="KernelException">It cannot be entered, or too many are open.</exception>
    private bool TryAdd(SafeFd opened, ulong number, out ForeignNamespace foreign)
    {
        foreign = null!;
        uint? user = NamespaceOwner.TryRead(opened.Value);
        if (!HasRoom(new ForeignNamespace { Id = 0, FoundIn = _scan, User = user }))
        {
            throw KernelException.Protocol("open", "a network namespace", $"{MaxHeld} are open");
        }

        SockDiagTcpSource source = SockDiagTcpSource.Open(visitor, procFs, opened.Value, out ulong id);
        id = id != 0 ? id : source.NamespaceCookie | KeyIsCookie;
        if (id == _host)
        {
            _hostNumber = number != 0 ? number : _hostNumber;
            source.Dispose();
            return false;
        }

        if (!_known.TryGetValue(id, out ForeignNamespace? known))
        {
            known = Add(id);
        }

        foreign = known;
        foreign.Number = number != 0 ? number : foreign.Number;
        foreign.User ??= user;
        if (foreign.Source is SockDiagTcpSource)
        {
            foreign.Cookie = source.NamespaceCookie;
            source.Dispose();
        }
        else
        {
            Hold(foreign, source);
        }

        return true;
    }

    private ForeignNamespace Add(ulong id)
    {
        ForeignNamespace foreign = new() { Id = id, FoundIn = _scan };
        _known.Add(id, foreign);
        return foreign;
    }

    private string NameOf(CgroupOwner owner, ulong number) => ReservedNames.AvoidNamespace(
        owner.Place is { Length: > 0 } place ? place
        : number == 0 ? "net:[unknown]"
        : NameOfMount(number));

    private string NameOfMount(ulong number)
        => ReservedNames.AvoidNamespace(_mounts.NameOf(number) ?? FormattableString.Invariant($"net:[{number}]"));
}
