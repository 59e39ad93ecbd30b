using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>What is held of namespaces between scans: netlink sockets, each of which keeps its namespace alive.</summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Reads those that the last scan held, one after the other, until the reader has found what it looks for.</summary>
    /// <param name="begin">Called before each, with a process or a thread that lives in it, or the default.</param>
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
                // It ended since, or the next scan says what ails it; what is looked for may stand in another.
                sink.Restart();
            }
        }
    }

    /// <summary>Closes what the last readings opened, if the last is long ago.</summary>
    internal void ReleaseIdle()
    {
        if (_known.Count > 0 && time.GetElapsedTime(_lastRead) >= MaxIdle)
        {
            foreach (ForeignNamespace foreign in _known.Values)
            {
                // What is not held may end, and another take its id: what was read of it is no proof any more.
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

    /// <summary>Whether one more netlink socket may be held, for which a user with many gives one up.</summary>
    private bool HasRoom(ForeignNamespace forThis)
    {
        if (_held >= MaxHeld && NamespaceShares.ToGiveWay(_known.Values, forThis) is { } other)
        {
            Close(other);
        }

        return _held < MaxHeld;
    }
}
