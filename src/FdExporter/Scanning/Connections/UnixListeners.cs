using FdExporter.Linux.Sockets;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>Listening Unix sockets with a known holder. Their paths are kept between scans, so that an unchanged one costs no text.</summary>
/// <param name="add">Takes one: the index of its holder, its path, its queue and its backlog.</param>
internal sealed class UnixListeners(Action<int, ConnectionAddress, uint, uint> add)
{
    /// <summary>Further ones are left out.</summary>
    private const int MaxListeners = 10_000;

    private Dictionary<uint, (byte[] Path, string Text)> _names = [];
    private Dictionary<uint, (byte[] Path, string Text)> _before = [];
    private Func<uint, int>? _holderOf;
    private UnixSocketVisitor? _visit;

    internal void Read(Action<UnixSocketVisitor> read, Func<uint, int> holderOf)
    {
        (_names, _before) = (_before, _names);
        _names.Clear();
        _holderOf = holderOf;
        read(_visit ??= Visit);
    }

    private void Visit(in ListedUnixSocket socket)
    {
        // One without a path cannot be connected to. An interrupted dump may list one twice.
        uint inode = (uint)socket.Inode;
        if (socket.Path.IsEmpty || _names.Count >= MaxListeners || _names.ContainsKey(inode) || _holderOf!(inode) is not (>= 0 and var holder))
        {
            return;
        }

        if (!_before.TryGetValue(inode, out (byte[] Path, string Text) known) || !socket.Path.SequenceEqual(known.Path))
        {
            known = (socket.Path.ToArray(), UnixPath.Of(socket.Path));
        }

        _names.Add(inode, known);
        add(holder, new ConnectionAddress(default(SocketEndpoint)) { Path = known.Text }, socket.Queued, socket.Backlog);
    }
}
