using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The addresses of the sockets of one direction, as part of a sentence.</summary>
internal sealed class CloseWaitPlaces(ConnectionDirection direction)
{
    private readonly Dictionary<ConnectionAddress, long> _counts = [];

    internal ConnectionDirection Direction { get; } = direction;

    internal long Count { get; private set; }

    internal void Add(ConnectionAddress address, long count)
    {
        _counts[address] = _counts.GetValueOrDefault(address) + count;
        Count += count;
    }

    /// <summary><c>the clients</c>, <c>the peer</c>, <c>the peers</c>.</summary>
    internal string Peers => Direction == ConnectionDirection.Inbound ? "the clients" : _counts.Count == 1 ? "the peer" : "the peers";

    /// <summary><c>to 192.168.121.44:443</c>, <c>to 40 peers on port 8443, such as 10.0.3.7 (90)</c>, <c>on its port :9702</c>.</summary>
    public override string ToString()
    {
        (ConnectionAddress first, long most) = _counts.OrderByDescending(static each => each.Value).ThenBy(static each => each.Key.ToString(), StringComparer.Ordinal).First();
        string one = first.ToString();
        if (Direction == ConnectionDirection.Inbound)
        {
            return _counts.Count == 1 ? $"on its port {one}" : $"on {HumanText.Number(_counts.Count)} of its ports, such as {one} ({HumanText.Number(most)})";
        }

        if (_counts.Count == 1)
        {
            return $"to {one}";
        }

        bool isOnePort = _counts.Keys.All(each => each.Port == first.Port);
        return isOnePort
            ? $"to {HumanText.Number(_counts.Count)} peers on port {first.Port}, such as {one[..one.LastIndexOf(':')]} ({HumanText.Number(most)})"
            : $"to {HumanText.Number(_counts.Count)} peers, such as {one} ({HumanText.Number(most)})";
    }
}
