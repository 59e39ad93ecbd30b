namespace FdExporter.Model;

/// <summary>Sockets of one process, protocol and target.</summary>
/// <param name="Where">
/// <c>to 127.0.0.53:53</c>, <c>to /run/app.sock</c>, <c>on /run/app.sock</c> for sockets that were accepted there, <c>on 0.0.0.0:53</c>.
/// </param>
/// <param name="IsPeerClosed">For Unix sockets: whether the peer has closed them. The others of the same target are another entry.</param>
internal readonly record struct SocketTarget(SocketProtocol Protocol, string Where, bool IsPeerClosed, int Count);
