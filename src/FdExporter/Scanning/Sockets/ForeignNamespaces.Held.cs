using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>What scans hold of namespaces: netlink sockets, each of which keeps its namespace alive.</summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Reads the namespaces held by the last scan, one after the other, until the reader has found what it searches for.</summary>
    /// <param name="begin">Called before each, with a process or thread that lives in it, or the default.</param>
    internal void ReadHeld(ITcpSocketSink sink, ulong except, Func<ProcFolder, bool> begin)
    {
        foreach (ForeignNamespace foreign in _known.Values)
        {
            if (foreign.Source is null || foreign.Id == except)
            {
                continue;
            }

            if (!begin(foreign.Process))
            {
                return;
            }

            try
            {
                sink.BeginNamespace(foreign.Id, foreign.Process);
                foreign.Source.Read(sink);
            }
            catch (KernelException)
            {
                // It has ended since, or the next scan will report the problem. The searched socket may be in another one.
                sink.Restart();
            }
        }
    }

    /// <summary>Closes what the last readings opened, if they are long ago.</summary>
    internal void ReleaseIdle()
    {
        if (_known.Count > 0 && time.GetElapsedTime(_lastRead) >= MaxIdle)
        {
            foreach (ForeignNamespace foreign in _known.Values)
            {
                // Once closed, it may end and another may get its id, so the earlier reading proves nothing.
                Close(foreign);
                foreign.Last = null;
            }
        }
    }

    private void Hold(ForeignNamespace foreign, SockDiagTcpSource source)
    {
        Close(foreign);
        foreign.Source = source;
        foreign.Cookie = source.NamespaceCookie;
        _held++;
    }

    private void Close(ForeignNamespace foreign)
    {
        _held -= foreign.Source is SockDiagTcpSource ? 1 : 0;
        foreign.Close();
    }

    /// <summary>Whether another netlink socket may be held; a user with many may have to give one up.</summary>
    private bool HasRoom(ForeignNamespace forThis)
    {
        if (_held >= MaxHeld && NamespaceShares.ToGiveWay(_known.Values, forThis) is { } other)
        {
            Close(other);
        }

        return _held < MaxHeld;
    }
}
