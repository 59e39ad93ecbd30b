using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What a handle of a program is: the type of its descriptor, for sockets the protocol, for TCP sockets the state.</summary>
internal readonly record struct HandleKind
{
    private const int Protocols = FdTypeCounts.Length;
    private const int States = Protocols + SocketProtocolCounts.Length;

    private readonly int _code;

    private HandleKind(int code) => _code = code;

    /// <summary>TCP sockets that are held open although their connection is gone.</summary>
    internal static HandleKind Dead => new(States + TcpStateCounts.Length);

    /// <summary>Never a socket: those have a protocol.</summary>
    internal FdType? Type => _code < Protocols ? (FdType)_code : null;

    /// <summary>Never TCP: those sockets have a state.</summary>
    internal SocketProtocol? Protocol => _code is >= Protocols and < States ? (SocketProtocol)(_code - Protocols) : null;

    internal TcpState? State => _code >= States && this != Dead ? (TcpState)(_code - States) : null;

    internal static ImmutableArray<HandleKind> All { get; } =
    [
        .. Enumerable.Range(0, States + TcpStateCounts.Length + 1)
            .Select(static code => new HandleKind(code))
            .Where(static kind => kind.Type != FdType.Socket && kind.Protocol != SocketProtocol.Tcp),
    ];
}
