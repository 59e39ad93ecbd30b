using System.Net;

namespace FdExporter.Web.Serving;

/// <summary>
/// Places (or bytes) shared by client addresses: no address takes more than it leaves free. So a single client gets half of them, two get a
/// third each, and there are always some for the next client, in any order of arrival.
/// </summary>
internal sealed class FairShare
{
    /// <summary>Stands for clients without an address.</summary>
    private static readonly IPAddress s_noAddress = IPAddress.None;

    private readonly Lock _lock = new();

    private readonly long _places;

    /// <summary>Excludes what trusted clients have taken. Guarded by <see cref="_lock"/>, like the next.</summary>
    private readonly Dictionary<IPAddress, long> _taken = [];
    private long _free;

    internal FairShare(long places)
    {
        _places = places;
        _free = places;
    }

    internal long Taken
    {
        get
        {
            lock (_lock)
            {
                return _places - _free;
            }
        }
    }

    internal bool TryTake(Client client, long count = 1)
    {
        lock (_lock)
        {
            if (count > _free)
            {
                return false;
            }

            if (!client.IsTrusted)
            {
                IPAddress address = client.Network ?? s_noAddress;
                long taken = _taken.GetValueOrDefault(address);
                if (taken > 0 && taken + count > _free - count)
                {
                    return false;
                }

                _taken[address] = taken + count;
            }

            _free -= count;
            return true;
        }
    }

    internal void Return(Client client, long count = 1)
    {
        lock (_lock)
        {
            _free += count;
            if (!client.IsTrusted)
            {
                IPAddress address = client.Network ?? s_noAddress;
                if ((_taken[address] -= count) == 0)
                {
                    _taken.Remove(address);
                }
            }
        }
    }
}
