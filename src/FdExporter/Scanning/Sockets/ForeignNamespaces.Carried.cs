using FdExporter.Linux.Native;
using FdExporter.Linux.SockDiag;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>Namespaces known only from sockets that processes hold.</summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Whether the namespace with this cookie is being read.</summary>
    internal bool HasCookie(ulong cookie) => cookie != 0 && OfCookie(cookie) is not null;

    /// <summary>
    /// Notes a socket that a process holds, that is in no table, and whose namespace has this cookie. Reads the namespace into the table if
    /// it is new and readable.
    /// </summary>
    internal CarriedSockets.Answer Note(in ProcessSample process, CarriedSocket socket, ulong cookie, SafeFd? opened, TcpSocketTable table, Deadline deadline)
    {
        if (opened is null)
        {
            return cookie != 0 && OfCookie(cookie) is { } known ? AnswerOf(known)
                : Refuse(in process, socket, cookie, _mayEnter ? "needs CAP_NET_ADMIN" : "needs CAP_SYS_ADMIN and CAP_NET_ADMIN");
        }

        using SafeFd own = opened;
        try
        {
            ulong number = SocketNamespace.NumberOf(own.Value);
            if (number != 0 && _byNumber.TryGetValue(number, out ForeignNamespace? there) && there.IsThere)
            {
                // A namespace with processes need not be entered to read its sockets.
                there.Cookie = cookie;
                return AnswerOf(there);
            }

            if (!TryAdd(own, number, out ForeignNamespace foreign))
            {
                return CarriedSockets.Answer.Read;
            }

            if (!foreign.IsThere)
            {
                (foreign.IsThere, foreign.Socket, foreign.Name) = (true, socket, NameOf(process.Facts.Owner, number));
                _unreadSockets.Remove(cookie);
                Read(foreign, table, deadline);
            }

            return AnswerOf(foreign);
        }
        catch (KernelException exception)
        {
            _mayEnter &= exception.Errno != Libc.EPERM;
            _ = Refuse(in process, socket, cookie, exception.Message);
            return exception.Errno == Libc.EPERM ? CarriedSockets.Answer.Refused : CarriedSockets.Answer.Failed;
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
}
