using System.Buffers;
using FdExporter.Model;

namespace FdExporter.Scanning.Pods;

/// <summary>
/// The name of a link in <c>/var/log/containers</c>, which the kubelet makes when it has started a container, with any runtime. Only
/// it connects the ID of a container to its name. Source: kubelet, legacyLogSymlink.
/// </summary>
internal static class ContainerLogLink
{
    /// <summary>As <see cref="CgroupOwner.Container"/> has it.</summary>
    internal const int ShortIdLength = 12;

    private const int IdLength = 64;
    private static readonly SearchValues<byte> s_hex = SearchValues.Create("0123456789abcdef"u8);

    // payment-7d9f5c6b8-x2x7k_shop_app-15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9.log
    // A name longer than 255 bytes has lost the end of its ID: it is no match.
    internal static bool TryParse(
        ReadOnlySpan<byte> link, out ReadOnlySpan<byte> pod, out ReadOnlySpan<byte> ns, out ReadOnlySpan<byte> container, out ReadOnlySpan<byte> id)
    {
        pod = ns = container = id = default;
        ReadOnlySpan<byte> end = ".log"u8;
        int dash = link.Length - end.Length - IdLength - 1;
        if (dash <= 0 || !link.EndsWith(end) || link[dash] != (byte)'-')
        {
            return false;
        }

        id = link[(dash + 1)..^end.Length];
        ReadOnlySpan<byte> names = link[..dash];
        int first = names.IndexOf((byte)'_');
        int last = names.LastIndexOf((byte)'_');
        if (id.ContainsAnyExcept(s_hex) || first <= 0 || last <= first + 1 || last == names.Length - 1)
        {
            return false;
        }

        pod = names[..first];
        ns = names[(first + 1)..last];
        container = names[(last + 1)..];
        return !ns.Contains((byte)'_');
    }
}
