using System.Globalization;

namespace FdExporter.Grouping;

/// <summary>Which other descriptors a descriptor is similar to.</summary>
/// <param name="What">Name of its group.</param>
/// <param name="Filter">Text that all descriptors of the group contain.</param>
/// <param name="Name">Name of the descriptor itself.</param>
/// <param name="NameFilter">Text that the descriptor itself contains.</param>
/// <param name="Wider">The group to use if the descriptor is alone in its own.</param>
internal readonly record struct FdLikeness(string What, string Filter, string Name, string NameFilter, (string What, string Filter)? Wider = null)
{
    /// <summary>For a file in a folder with runs of digits, which can be grouped in two ways, see <see cref="ByName"/>.</summary>
    internal FolderAndName? Path { get; private init; }

    /// <summary>
    /// Ports from here on are assigned by the kernel (default of net.ipv4.ip_local_port_range), so their numbers carry no information.
    /// </summary>
    private const int FirstEphemeral = 32768;

    internal static FdLikeness Of(in FdRow row) => row switch
    {
        { Protocol: "tcp", State: "listen", Local: { } local } => OfEnd("listen on", local, row.Protocol),
        { Protocol: "tcp", Direction: "inbound" } => Plain($"{row.State} on {PortOf(row.Local)}", PortOf(row.Local)),
        { Protocol: "tcp", State: { } state, Remote: { } remote } => OfEnd($"{state} to", remote, row.Protocol),
        { Protocol: "udp", Remote: { } remote } => OfEnd("udp to", remote, row.Protocol),
        { Protocol: "udp", Local: { } local } => OfEnd("udp on", local, row.Protocol),
        { Protocol: "unix", Remote: { } peer } => OfText($"unix {row.State} to ", peer),
        { Protocol: "unix", Target.Length: > 0, State: { } state } => OfText($"unix {state} on ", row.Target),
        { Protocol: "unix", State: { } state } => Plain($"unix {state}", state),
        { Protocol: "unknown" } => Plain(row.Target, row.Target),
        { Protocol: { } protocol, Target.Length: 0 } => Plain(protocol, protocol),
        { Protocol: { } protocol } => OfText(protocol + " ", row.Target),
        { Type: "file" or "deleted_file" } when row.Target.LastIndexOf('/') is >= 0 and var slash => OfPath(row.Target, slash),
        { Type: "pipe" } => Plain("pipe", "pipe"),
        { Kind: { } kind and not "other" } => Plain(kind, kind),
        _ => OfText("", row.Target),
    };

    private static FdLikeness Plain(string what, string filter) => new(what, filter, what, filter);

    private static FdLikeness OfText(string before, string text)
    {
        string masked = DigitMask.Of(text);
        return new FdLikeness(before + masked, DigitMask.LongestPart(masked), before + text, text);
    }

    /// <summary>
    /// Groups a file by its folder, or by its name if there are more such folders than names in them: <c>/srv/17/*</c>,
    /// <c>/proc/*/stat</c>.
    /// </summary>
    internal FdLikeness ByName(bool isByName)
        => Path is not { } path ? this
            : isByName ? this with { What = path.MaskedFolder + path.MaskedName, Filter = DigitMask.LongestPart(path.MaskedFolder + path.MaskedName) }
            : this with { What = path.Folder + DigitMask.Run, Filter = path.Folder };

    private static FdLikeness OfPath(string path, int slash)
    {
        string folder = path[..(slash + 1)];
        string masked = DigitMask.Of(folder);
        if (masked == folder)
        {
            return new FdLikeness(folder + DigitMask.Run, folder, path, path);
        }

        string name = DigitMask.Of(path[(slash + 1)..]);
        return new FdLikeness(folder + name, folder, path, path, (masked + DigitMask.Run, DigitMask.LongestPart(masked)))
        {
            Path = new FolderAndName(folder, masked, name),
        };
    }

    // 127.0.0.1:40001 is like 127.0.0.1:40002 if each is the only one.
    private static FdLikeness OfEnd(string before, string end, string protocol)
    {
        int colon = end.LastIndexOf(':');
        string host = end[..Math.Max(colon, 0)];
        bool isEphemeral = int.TryParse(end.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port >= FirstEphemeral;
        string what = $"{before} {end}";
        return new FdLikeness(
            what,
            end,
            what,
            end,
            isEphemeral ? ($"{before} {(host.Length == 0 ? "*" : host)}:ephemeral", host.Length == 0 ? protocol : host + ":") : null);
    }

    private static string PortOf(string? endpoint) => endpoint is null ? "" : endpoint[endpoint.LastIndexOf(':')..];

    internal readonly record struct FolderAndName(string Folder, string MaskedFolder, string MaskedName);
}
