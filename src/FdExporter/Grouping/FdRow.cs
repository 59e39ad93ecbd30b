using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>One descriptor as it is shown. What it does not have is null.</summary>
/// <param name="Type">The label value of <c>fd_group_fds</c>.</param>
/// <param name="Target">
/// What it leads to. Of a Unix socket its path, of one of protocol <c>other</c> the kernel's name for it, of one that is in no
/// table that it is so; of other sockets empty.
/// </param>
/// <param name="Protocol">Of a socket, as in <see cref="SocketProtocolNames"/>.</param>
/// <param name="Direction"><c>outbound</c> or <c>inbound</c>, of a TCP socket that does not listen.</param>
/// <param name="Remote">The network of the other end where no more may be seen.</param>
/// <param name="Age">For how long it has been stuck in CLOSE_WAIT, at the least; null for one that is still answered.</param>
/// <param name="ReceiveQueue">Bytes; of a listener, connections.</param>
/// <param name="SendQueue">Bytes; of a listener, its backlog.</param>
internal readonly record struct FdRow(
    int Fd,
    string Type,
    string Target,
    string? Protocol,
    string? State,
    string? Direction,
    string? Local,
    string? Remote,
    TimeSpan? Age,
    uint? ReceiveQueue,
    uint? SendQueue)
{
    /// <summary>Of a TCP socket in CLOSE_WAIT: why, as in <see cref="CloseWaitCauseNames"/>.</summary>
    internal string? Cause { get; init; }

    /// <summary>The thread in whose own descriptor table it is; null in that of the process.</summary>
    internal int? Thread { get; init; }

    /// <summary>Of a descriptor of type <c>other</c>: what the kernel calls it, as in <see cref="OtherKind"/>.</summary>
    internal string? Kind { get; init; }

    /// <summary>What stands for the ends of a socket that its protocol's table does not have.</summary>
    internal const string InNoTable = "in no socket table";

    /// <summary>Likewise where not even the protocol is known.</summary>
    internal const string ProtocolNotKnown = "unknown, in no socket table";

    /// <summary>What stands for a path that must not be shown.</summary>
    internal const string HiddenPath = "(path not shown)";

    /// <param name="details">What may be seen; paths of devices always may.</param>
    internal static FdRow Of(in FdSample fd, Details details)
    {
        string type = FdTypeNames.All[(int)fd.Type];
        if (fd.Socket is not { } socket)
        {
            bool isSecret = fd.Type != FdType.Device && fd.Target.StartsWith('/');
            return new FdRow(fd.Number, type, isSecret && !details.Paths ? HiddenPath : fd.Target, null, null, null, null, null, null, null, null)
            {
                Thread = fd.Thread,
                Kind = OtherKind.Of(fd.Type, fd.Target),
            };
        }

        return new FdRow(
            fd.Number,
            type,
            TargetOf(socket, details.Paths),
            SocketProtocolNames.All[(int)socket.Protocol],
            socket.State is { } state ? TcpStateNames.All[(int)state] : null,
            socket.Direction is { } direction ? ConnectionDirectionNames.Of(direction) : null,
            socket.Local?.ToString(),
            RemoteOf(socket, details.Clients),
            socket.Age,
            socket.ReceiveQueue,
            socket.SendQueue)
        {
            Thread = fd.Thread,
            Cause = socket.Cause is { } cause ? CloseWaitCauseNames.All[(int)cause] : null,
        };
    }

    /// <summary>Where it is not known who opened it, the other end may be a client.</summary>
    private static string? RemoteOf(SocketSample socket, bool showClients)
        => showClients || socket.Direction == ConnectionDirection.Outbound ? socket.Remote?.ToString() : socket.Remote?.Network;

    private static string TargetOf(SocketSample socket, bool showPaths)
        => socket.Path is { } path ? showPaths ? path : HiddenPath
            : !socket.IsInNoTable ? socket.KernelName ?? ""
            : socket.Protocol == SocketProtocol.Unknown ? ProtocolNotKnown : InNoTable;

    /// <summary>Whether any of what is shown holds this text.</summary>
    internal bool Holds(string text)
        => Holds(Type, text) || Holds(Kind, text) || Holds(Target, text) || Holds(Protocol, text) || Holds(State, text)
            || Holds(Cause, text) || Holds(Direction, text) || Holds(Local, text) || Holds(Remote, text);

    private static bool Holds(string? field, string text) => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
