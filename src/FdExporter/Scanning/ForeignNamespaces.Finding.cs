using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Which namespaces there are, and what shows that they are.</summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Where a namespace has no number to tell it by, its cookie makes a key that is no number of a procfs.</summary>
    private const ulong KeyIsCookie = 1UL << 63;

    private void Find(ProcessTable processes, Deadline deadline)
    {
        foreach (ForeignNamespace foreign in _known.Values)
        {
            foreign.IsThere = false;
        }

        // Their names are needed for those that processes are found in.
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

            // The first process of a namespace is the one that it was made for. Asked again whether it is there still:
            // it may have moved since its facts were read, or be a zombie, which is in no namespace.
            ProcFolder folder = FdTableFolders.FolderOf(in process);
            if ((_known.TryGetValue(id, out ForeignNamespace? foreign) && foreign.IsThere) || !IsIn(folder, id))
            {
                continue;
            }

            foreign ??= Add(id);
            (foreign.Process, foreign.IsThere) = (folder, true);
            foreign.Number = foreign.Number != 0 || NetNamespace.TryReadLink(procFs, folder, out ulong number) != ReadStatus.Ok ? foreign.Number : number;
            foreign.Name = NameOf(process.Facts.Owner, foreign.Number);
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
            if (!_known.TryGetValue(id, out ForeignNamespace? foreign))
            {
                foreign = Add(id);
            }

            (foreign.Process, foreign.IsThere) = (thread, true);
            foreign.Number = NetNamespace.TryReadLink(procFs, thread, out ulong number) == ReadStatus.Ok ? number : 0;
            foreign.Name = NameOf(process.Facts.Owner, foreign.Number);
        }
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
            else if (!_unreadMounts.ContainsKey(number))
            {
                OpenMount(number);
            }
        }
    }

    private void OpenMount(ulong number)
    {
        try
        {
            if (!_mayEnter)
            {
                throw new KernelException("setns", "a network namespace", Libc.EPERM);
            }

            if (Count - CountOfText >= MaxHeld)
            {
                throw KernelException.Protocol("open", "a network namespace", $"{MaxHeld} are open");
            }

            using SafeFd? opened = _mounts.TryOpen(number);
            if (opened is null)
            {
                // Hidden below another mount; or just gone, and then the mounts are read anew.
                _unreadMounts[number] = "its mount cannot be reached";
            }
            else if (TryAdd(opened, number, out ForeignNamespace foreign) && foreign is { IsThere: false })
            {
                (foreign.IsThere, foreign.Name) = (true, NameOfMount(number));
            }
        }
        catch (KernelException exception)
        {
            _mayEnter &= exception.Errno != Libc.EPERM;
            _unreadMounts[number] = exception.Message;
        }
    }

    /// <summary>Enters a namespace to see which it is. False for the host's.</summary>
    private bool TryAdd(SafeFd opened, ulong number, out ForeignNamespace foreign)
    {
        foreign = null!;
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
        foreign.Cookie = source.NamespaceCookie;
        if (foreign.Source is SockDiagTcpSource)
        {
            source.Dispose();
        }
        else
        {
            foreign.Close();
            foreign.Source = source;
        }

        return true;
    }

    /// <summary>Whether the namespace with this cookie is one of those that are read.</summary>
    internal bool HasCookie(ulong cookie) => cookie != 0 && OfCookie(cookie) is not null;

    /// <summary>
    /// A socket that a process holds and that is in no table is of a namespace with this cookie. When that is a new one, and
    /// can be read, it is read into the table.
    /// </summary>
    internal CarriedSockets.Answer Note(in ProcessSample process, CarriedSocket socket, ulong cookie, SafeFd? opened, TcpSocketTable table)
    {
        if (opened is null)
        {
            return cookie != 0 && OfCookie(cookie) is { } known ? AnswerOf(known)
                : Refuse(in process, socket, cookie, _mayEnter ? "takes CAP_NET_ADMIN" : "takes CAP_SYS_ADMIN and CAP_NET_ADMIN");
        }

        using SafeFd own = opened;
        try
        {
            ulong number = SocketNamespace.NumberOf(own.Value);
            if (!TryAdd(own, number, out ForeignNamespace foreign))
            {
                return CarriedSockets.Answer.Read;
            }

            if (!foreign.IsThere)
            {
                (foreign.IsThere, foreign.Socket, foreign.Name) = (true, socket, NameOf(process.Facts.Owner, number));
                _unreadSockets.Remove(cookie);
                Read(foreign, table);
            }

            return AnswerOf(foreign);
        }
        catch (KernelException exception)
        {
            _mayEnter &= exception.Errno != Libc.EPERM;
            return Refuse(in process, socket, cookie, exception.Message);
        }
    }

    private CarriedSockets.Answer Refuse(in ProcessSample process, CarriedSocket socket, ulong cookie, string problem)
    {
        _unreadSockets[cookie] = (socket, $"that of a socket of {process.Facts.Comm} (pid {process.Id.Pid}): {problem}");
        return CarriedSockets.Answer.Refused;
    }

    private CarriedSockets.Answer AnswerOf(ForeignNamespace foreign)
        => foreign.Problem is not null ? CarriedSockets.Answer.Refused
            : foreign.FoundIn == _scan && foreign.Socket is not null ? CarriedSockets.Answer.Found
            : CarriedSockets.Answer.Read;

    private ForeignNamespace? OfCookie(ulong cookie)
    {
        foreach (ForeignNamespace foreign in _known.Values)
        {
            if (foreign.Cookie == cookie)
            {
                return foreign;
            }
        }

        return null;
    }

    private ForeignNamespace Add(ulong id)
    {
        ForeignNamespace foreign = new() { Id = id, FoundIn = _scan };
        _known.Add(id, foreign);
        return foreign;
    }

    private string NameOf(CgroupOwner owner, ulong number) => ReservedNames.AvoidNamespace(
        owner.Pod.Length > 0 ? owner.Pod
        : owner.Container.Length > 0 ? owner.Container
        : owner.Unit.Length > 0 ? owner.Unit
        : number == 0 ? "net:[unknown]"
        : NameOfMount(number));

    private string NameOfMount(ulong number)
        => ReservedNames.AvoidNamespace(_mounts.NameOf(number) ?? FormattableString.Invariant($"net:[{number}]"));
}
