using System.Net;
using FdExporter.Metrics;

namespace FdExporter.Web;

/// <summary>
/// The connections that there are. Beyond as many as there may be the next one takes the place of another: of the address that
/// has most, an idle one before a busy one, and one that has never asked before one that may ask again. No client drives out one
/// that has fewer, nor one that gave a password or a certificate.
/// </summary>
internal sealed class Connections(int most, ExporterMetrics exporter)
{
    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, as the next.</summary>
    private readonly HashSet<ConnectionLife> _all = [];
    private readonly Dictionary<IPAddress, int> _counts = [];

    /// <summary>False where there is no room for it.</summary>
    internal bool TryAdd(ConnectionLife newcomer)
    {
        ConnectionLife? leaving = null;
        lock (_lock)
        {
            if (_all.Count >= most)
            {
                leaving = Weakest(CountOf(newcomer));
                if (leaving is null)
                {
                    exporter.CountConnection(ConnectionLoss.Refused);
                    return false;
                }

                Forget(leaving);
            }

            _all.Add(newcomer);
            if (newcomer.Network is { } network)
            {
                _counts[network] = CountOf(newcomer) + 1;
            }
        }

        newcomer.WhenClosed(Remove);
        if (leaving is not null)
        {
            exporter.CountConnection(leaving.IsIdle ? ConnectionLoss.Idle : ConnectionLoss.Busy);
            leaving.Abort();
        }

        return true;
    }

    /// <param name="ofNewcomer">How many the newcomer's address has without it.</param>
    private ConnectionLife? Weakest(int ofNewcomer)
    {
        ConnectionLife? weakest = null;
        (int Count, bool IsIdle, bool IsSilent, long IdleFor) rank = default;
        foreach (ConnectionLife each in _all)
        {
            int count = CountOf(each);
            bool isIdle = each.IsIdle;
            if (each.IsTrusted || (isIdle ? count < ofNewcomer : count <= ofNewcomer + 1))
            {
                continue;
            }

            (int, bool, bool, long) own = (count, isIdle, !each.HasAsked, -each.IdleSince);
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
