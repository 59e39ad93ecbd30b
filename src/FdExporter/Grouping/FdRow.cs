using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>One descriptor as shown. Fields that do not apply are null.</summary>
/// <param name="Type">The label value of <c>fd_group_fds</c>.</param>
/// <param name="Target">
/// What it leads to. For a Unix socket its path; for protocol <c>other</c> the kernel's name; for a socket in no table a text that says so;
/// empty for other sockets.
/// </param>
/// <param name="Protocol">Of a socket, see <see cref="SocketProtocolNames"/>.</param>
/// <param name="State">Of a TCP socket, see <see cref="TcpStateNames"/>; of a Unix socket, see <see cref="UnixSocketStates"/>.</param>
/// <param name="Direction"><c>outbound</c> or <c>inbound</c>; only for TCP sockets that do not listen.</param>
/// <param name="Remote">
/// Only the network of the remote address if the client may see no more. For a Unix socket the path that it is connected to.
/// </param>
/// <param name="Age">Minimum time stuck in CLOSE_WAIT; null if the program still answers.</param>
/// <param name="ReceiveQueue">Bytes; for a listener, connections.</param>
/// <param name="SendQueue">Bytes; for a listener, the backlog.</param>
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
    /// <summary>Its position among the descriptors of the inspection.</summary>
    internal int Position { get; init; }

    /// <summary>Cause of CLOSE_WAIT of a TCP socket, see <see cref="CloseWaitCauseNames"/>.</summary>
    internal string? Cause { get; init; }

    /// <summary>The thread whose own descriptor table contains it; null for the table of the process.</summary>
    internal int? Thread { get; init; }

    /// <summary>For a descriptor of type <c>other</c>: the kernel's name, see <see cref="OtherKind"/>.</summary>
    internal string? Kind { get; init; }

    /// <summary>Shown instead of the addresses of a socket that is not in the table of its protocol.</summary>
    internal const string InNoTable = "in no socket table";

    /// <summary>The same if the protocol is unknown too.</summary>
    internal const string ProtocolNotKnown = "unknown, in no socket table";

    /// <summary>Shown instead of a path that the client may not see.</summary>
    internal const string HiddenPath = "(path not shown)";

    /// <param name="details">What the client may see. Device paths are always shown.</param>
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
            StateOf(socket),
            socket.Direction is { } direction ? ConnectionDirectionNames.Of(direction) : null,
            socket.Local?.ToString(),
            socket.PeerPath is { } peer ? details.Paths ? peer : HiddenPath : RemoteOf(socket, details.Clients),
            socket.Age,
            socket.ReceiveQueue,
            socket.SendQueue)
        {
            Thread = fd.Thread,
            Cause = socket.Cause is { } cause ? CloseWaitCauseNames.All[(int)cause] : null,
        };
    }

    private static string? StateOf(SocketSample socket)
        => socket.UnixState is { } ofUnix ? UnixSocketStates.NameOf(ofUnix)
            : socket.State is { } state ? TcpStateNames.All[(int)state]
            : null;

    /// <summary>If it is unknown who opened the connection, the remote address may be a client's.</summary>
    private static string? RemoteOf(SocketSample socket, bool showClients)
        => showClients || socket.Direction == ConnectionDirection.Outbound ? socket.Remote?.ToString() : socket.Remote?.Endpoint.Network;

    private static string TargetOf(SocketSample socket, bool showPaths)
        => socket.Path is { } path ? showPaths ? path : HiddenPath
            : !socket.IsInNoTable ? socket.KernelName ?? ""
            : socket.Protocol == SocketProtocol.Unknown ? ProtocolNotKnown : InNoTable;

    /// <summary>Whether any shown field contains this text.</summary>
    internal bool Holds(string text)
        => Holds(Type, text) || Holds(Kind, text) || Holds(Target, text) || Holds(Protocol, text) || Holds(State, text)
            || Holds(Cause, text) || Holds(Direction, text) || Holds(Local, text) || Holds(Remote, text);

    private static bool Holds(string? field, string text) => field?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
