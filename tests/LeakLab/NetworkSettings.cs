using System.Net;

namespace LeakLab;

/// <summary>The address of a verb's listener, and the family of the lab's own side of the connection.</summary>
internal sealed record NetworkSettings(int Count, double? Rate, IPAddress Address, int Port, string Family)
{
    internal const string IPv4 = "ipv4";
    internal const string IPv6 = "ipv6";

    /// <summary>The lab's socket is AF_INET6 with a ::ffff: address, its peer's is AF_INET: a dual-stack program.</summary>
    internal const string Mapped = "mapped";

    internal IPAddress LabSideAddress => Family == Mapped ? Address.MapToIPv6() : Address;
}
