using System.Runtime.InteropServices;
using FdExporter.Model;

namespace FdExporter.Scanning.Connections;

/// <summary>Adds sockets up by process, direction, address and cause.</summary>
internal sealed partial class ConnectionCollector
{
    /// <summary>A power of two.</summary>
    private const int RecentKeys = 256;

    private readonly Dictionary<Key, int> _places = [];
    private readonly Recent[] _recent = new Recent[RecentKeys];
    private Sums[] _sums = new Sums[16];

    /// <summary>
    /// Of a socket that is bound to no interface and was not inherited, as nearly all. Most have the key of a recent one: comparing its parts
    /// costs less than making and finding the whole key.
    /// </summary>
    private ref Sums SumsOf(in CloseWaitRow row, int process, ConnectionDirection direction, CloseWaitCause cause)
    {
        bool isOutbound = direction == ConnectionDirection.Outbound;
        (ulong high, ulong low, ushort port) = isOutbound ? (row.RemoteHigh, row.RemoteLow, row.RemotePort) : (0, 0, row.LocalPort);
        ulong hash = (low ^ ((ulong)port << 32) ^ ((ulong)(uint)process << 8) ^ (uint)cause) * 0x9E3779B97F4A7C15;
        ref Recent recent = ref _recent[hash >> 32 & (RecentKeys - 1)];
        if (!recent.IsUsed || recent.Low != low || recent.High != high || recent.Port != port
            || recent.Process != process || recent.Cause != cause || recent.Direction != direction)
        {
            int place = PlaceOf(new Key(process, direction, new ConnectionAddress(high, low, port, null), cause, null));
            recent = new Recent { IsUsed = true, Low = low, High = high, Port = port, Process = process, Cause = cause, Direction = direction, Place = place };
        }

        return ref _sums[recent.Place];
    }

    private int PlaceOf(in Key key)
    {
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out bool isKnown);
        if (!isKnown)
        {
            place = _places.Count - 1;
            if (place == _sums.Length)
            {
                Array.Resize(ref _sums, place * 2);
            }

            _sums[place] = default;
        }

        return place;
    }

    private readonly record struct Key(int Process, ConnectionDirection Direction, ConnectionAddress Address, CloseWaitCause Cause, SocketAuthor? Origin)
    {
        /// <summary>Of the fields that distinguish most keys.</summary>
        public override int GetHashCode() => Address.Endpoint.GetHashCode() ^ (Process << 4) ^ (int)Cause;
    }

    private struct Recent
    {
        internal bool IsUsed;
        internal CloseWaitCause Cause;
        internal ConnectionDirection Direction;
        internal ushort Port;
        internal int Process;
        internal int Place;
        internal ulong High;
        internal ulong Low;
    }

    private struct Sums
    {
        internal long Count;
        internal long Searched;
        internal int Acceptors;

        /// <summary>Connections that existed when the process was started, or so soon after that it hardly accepted them.</summary>
        internal long Predating;

        /// <summary>Connections that are certainly older than the process.</summary>
        internal long Older;

        /// <summary>Inode of the listener of one of them; 0 if there is none.</summary>
        internal uint Listener;

        internal TimeSpan Oldest;
        internal CloseWaitAges Aged;

        internal void Add(TimeSpan? age)
        {
            Count++;
            if (age is { } known)
            {
                Oldest = known > Oldest ? known : Oldest;
                Aged.Count(known);
            }
        }
    }
}
