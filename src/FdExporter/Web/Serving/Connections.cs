using System.Net;
using FdExporter.Metrics;

namespace FdExporter.Web.Serving;

/// <summary>
/// The open connections. At the limit, a new connection replaces one of the address with most connections: an idle one before a busy one,
/// and one without a request before one that may send another. It never replaces a connection of an address with fewer connections, or one
/// with a password or certificate. Of its own address it replaces only an idle one, or one that has been busy for long.
/// </summary>
internal sealed class Connections(int most, ExporterMetrics exporter, TimeProvider time)
{
    /// <summary>Longer than any scan; only clients that read slowly exceed it.</summary>
    private static readonly TimeSpan s_longBusy = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, like the next.</summary>
    private readonly HashSet<ConnectionLife> _all = [];
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>False if there is no room for it.</summary>
    internal bool TryAdd(ConnectionLife newcomer)
    {
        ConnectionLife? replaced = null;
        lock (_lock)
        {
            if (_all.Count >= most)
            {
                replaced = FindReplaceable(newcomer);
                if (replaced is null)
                {
                    exporter.CountConnection(ConnectionLoss.Refused);
                    return false;
                }

                Forget(replaced);
            }

            _all.Add(newcomer);
            if (newcomer.Network is { } network)
            {
                _counts[network] = CountOf(newcomer) + 1;
            }
        }

        newcomer.WhenClosed(Remove);
        if (replaced is not null)
        {
            exporter.CountConnection(replaced.IsIdle ? ConnectionLoss.Idle : ConnectionLoss.Busy);
            replaced.Abort();
        }

        return true;
    }

    private ConnectionLife? FindReplaceable(ConnectionLife newcomer)
    {
        int ofNewcomer = CountOf(newcomer);
        ConnectionLife? weakest = null;
        (int Count, bool IsIdle, bool IsSilent, long IdleFor) rank = default;
        foreach (ConnectionLife each in _all)
        {
            int count = CountOf(each);
            bool isIdle = each.IsIdle;
            bool isAllowed = isIdle ? count >= ofNewcomer
                : count > ofNewcomer + 1 || (time.GetElapsedTime(each.IdleSince) >= s_longBusy && Equals(each.Network, newcomer.Network));
            if (each.IsTrusted || !isAllowed)
            {
                continue;
            }

            (int, bool, bool, long) own = (count, isIdle, !each.HasSentRequest, -each.IdleSince);
            if (weakest is null || own.CompareTo(rank) > 0)
            {
                (weakest, rank) = (each, own);
            }
        }

        return weakest;
    }

    private int CountOf(ConnectionLife connection) => connection.Network is { } network ? _counts.GetValueOrDefault(network) : 0;

    private void Remove(ConnectionLife connection)
    {
        lock (_lock)
        {
            Forget(connection);
        }
    }

    private void Forget(ConnectionLife connection)
    {
        if (_all.Remove(connection) && connection.Network is { } network && --_counts[network] == 0)
        {
            _counts.Remove(network);
        }
    }
}
