using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Benchmarks.Fleet;

namespace FdExporter.Tests.Deploy;

/// <summary>The formula in FLEET.md is the one that the end-to-end tests compare with the exporter.</summary>
public partial class FleetDocumentTests
{
    private static readonly string s_document = File.ReadAllText(Path.Combine(AlertRule.Folder, "FLEET.md"));

    private static readonly HostSeries s_nothing = new();

    [Fact]
    public void TableOfSeries_IsTheFormula()
    {
        HostSeries program = s_nothing with { Groups = 1, GroupsWithLimit = 1 };
        HostSeries endpoint = s_nothing with { Endpoints = 1 };
        Assert.Equal(
            [
                ("the machine and the exporter itself", s_nothing.Total),
                ("a program", Added(program)),
                ("each type of descriptors that it holds", Added(program with { Types = 1 }, program)),
                ("each TCP state of its sockets", Added(program with { GroupStates = 1 }, program)),
                ("where it holds a socket whose connection is gone", Added(program with { GroupsWithDeadSockets = 1 }, program)),
                ("each protocol of its sockets", Added(program with { Protocols = 1 }, program)),
                ("each state of its Unix sockets", Added(program with { UnixStates = 1 }, program)),
                ("a top process", Added(s_nothing with { Processes = 1 })),
                ("each TCP state of its own sockets", Added(s_nothing with { ProcessStates = 1 })),
                ("all other processes together", Added(s_nothing with { HasOtherProcesses = true })),
                ("a network namespace beside the host's", Added(s_nothing with { Namespaces = 2 })),
                ("a program's address with CLOSE_WAIT, one cause", Added(endpoint with { Causes = 1 })),
                ("another cause of it", Added(endpoint with { Causes = 2 }, endpoint with { Causes = 1 })),
                ("a program's listening port", Added(s_nothing with { Listeners = 1, KnownListeners = 1, ListenersWithDrops = 1 })),
                ("a program's Unix sockets at one path", Added(s_nothing with { Listeners = 1, KnownListeners = 1 })),
                ("a program's connections to one address, each TCP state", Added(s_nothing with { AddressStates = 1 })),
                ("idle ones of an address, each `min_idle` and `keepalive`", Added(s_nothing with { Idle = 1 })),
                ("unanswered ones of an address, each cause", Added(s_nothing with { Unanswered = 1 })),
                ("an address that uses a tenth of the ephemeral ports", Added(s_nothing with { Destinations = 1 })),
                ("a program's mount point with deleted files", Added(s_nothing with { DeletedFiles = 1, DeletedFilesOnDisk = 1 })),
                ("a user with inotify instances", Added(s_nothing with { InotifyUsers = 1, InotifyUsersWithWatches = 1 })),
                ("all that can be, with the default flags", HostSeries.Most().Total),
            ],
            Row().Matches(s_document).Select(static row => (row.Groups[1].Value, int.Parse(row.Groups[2].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void Document_NamesFilesThatAreThere()
        => Assert.All(Link().Matches(s_document), static link => Assert.True(Path.Exists(Path.Combine(AlertRule.Folder, link.Groups[1].Value)), link.Value));

    private static int Added(HostSeries host, HostSeries? to = null) => host.Total - (to ?? s_nothing).Total;

    // | a top process | 16 | `--limits.top-processes` (20) |
    [GeneratedRegex(@"^\| ([^|]+) \| ([0-9,]+) \| [^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
