using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// TCP sockets that processes hold and that were never in a table: not connected yet, dead since before the first scan, or created in a
/// namespace without processes. The namespace of each is asked for once, some on each scan, while the machine has more sockets than the
/// tables list.
/// </summary>
internal sealed class CarriedSockets(ProcFs procFs)
{
    /// <summary>Maximum number asked for on each scan, and of one process.</summary>
    private const int MaxAsked = 256;
    private const int MaxPerProcess = 64;

    private readonly bool _isOwnNamespace = PidNamespace.IsOwn(procFs);
    private Dictionary<ulong, Answer> _answers = [];
    private Dictionary<ulong, Answer> _before = [];
    private readonly Dictionary<int, int> _askedOf = [];

    /// <summary>Result for the namespace of a socket that no table lists.</summary>
    internal enum Answer
    {
        /// <summary>It has been read, so the socket is not connected.</summary>
        Read,

        /// <summary>It is another one and can be read.</summary>
        Found,

        /// <summary>It is another one and cannot be read.</summary>
        Refused,

        /// <summary>The same, but a later try may succeed.</summary>
        Failed,
    }

    /// <param name="cookie">Of its namespace; 0 if unknown.</param>
    /// <param name="opened">A descriptor of the namespace that the callee disposes of; null if it cannot be opened or is already known.</param>
    internal delegate Answer Visitor(in ProcessSample process, CarriedSocket socket, ulong cookie, SafeFd? opened);

    /// <summary>TCP sockets that processes hold and no table lists because they are not connected. Their namespace is known.</summary>
    internal long Unconnected { get; private set; }

    /// <summary>The same for sockets whose namespace cannot be determined.</summary>
    internal long Unlocated { get; private set; }

    /// <param name="sockets">Each with the index of its holder.</param>
    /// <param name="isKnown">Whether the namespace of a cookie is known and does not have to be opened.</param>
    internal void Search(
        ProcessTable table, IReadOnlyList<(int Process, CarriedSocket Socket)> sockets, Func<ulong, bool> isKnown, Visitor found, Deadline deadline)
    {
        (_answers, _before) = (_before, _answers);
        _answers.Clear();
        _askedOf.Clear();
        (Unconnected, Unlocated) = (0, 0);
        int asked = 0;
        foreach ((int process, CarriedSocket socket) in sockets)
        {
            if (!_before.TryGetValue(socket.Inode, out Answer answer) || answer == Answer.Failed)
            {
                int ofProcess = _askedOf.GetValueOrDefault(process);
                if (asked >= MaxAsked || ofProcess >= MaxPerProcess || deadline.HasPassed || !procFs.MayAsk(socket.Process.Pid))
                {
                    continue;
                }

                asked++;
                _askedOf[process] = ofProcess + 1;
                if (Ask(in table.Processes.AsSpan()[process], socket, isKnown, found) is not { } now)
                {
                    continue;
                }

                answer = now;
            }

            _answers[socket.Inode] = answer;
            Unconnected += answer == Answer.Read ? 1 : 0;
            Unlocated += answer is Answer.Refused or Answer.Failed ? 1 : 0;
        }
    }

    /// <returns>Null for a socket closed meanwhile.</returns>
    private Answer? Ask(in ProcessSample holder, CarriedSocket socket, Func<ulong, bool> isKnown, Visitor found)
        => !_isOwnNamespace ? Answer.Refused
            : SocketNamespace.TryLook(
                socket.Folder.Pid, socket.Thread, socket.Fd, socket.Inode, cookie => cookie == 0 || !isKnown(cookie), out ulong cookie, out SafeFd? opened, out int errno)
            ? found(in holder, socket, cookie, opened)
            : errno is 0 or Libc.ESRCH or Libc.EBADF ? null
            : DescriptorReserve.IsExhaustion(errno) ? Answer.Failed
            : Answer.Refused;
}
