using System.CommandLine;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>The flags of the server. Names and spelling follow node_exporter.</summary>
internal sealed partial class CommandFlags
{
    private readonly Option<string[]> _listenAddress = new("--web.listen-address")
    {
        Description = "Address to listen on; may be repeated.",
        HelpName = "[host]:port",
        DefaultValueFactory = static _ => [":10070"],
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _systemdSocket = new("--web.systemd-socket")
    {
        Description = "Listen on the sockets passed by systemd (socket activation) instead of --web.listen-address.",
    };

    private readonly Option<string> _telemetryPath = new("--web.telemetry-path")
    {
        Description = "Path under which to expose metrics.",
        HelpName = "path",
        DefaultValueFactory = static _ => "/metrics",
    };

    private readonly Option<string> _externalUrl = new("--web.external-url")
    {
        Description = "URL under which the exporter is reachable, used for links in alerts. Default: that of the first listener.",
        HelpName = "url",
    };

    private readonly Option<string> _webConfigFile = new("--web.config.file")
    {
        Description = "File with TLS settings, users and passwords, in exporter-toolkit's format. Reloaded when it or its files change.",
        HelpName = "file",
    };

    private readonly Option<int> _maxRequests = FlagKinds.Number("--web.max-requests", 40, 1, 100_000, "Maximum number of concurrent scrapes from one client address; further ones get 503.");

    private readonly Option<string> _timeoutOffset = new("--web.timeout-offset")
    {
        Description = "Offset to subtract from the timeout sent by Prometheus.",
        HelpName = "duration",
        DefaultValueFactory = static _ => "500ms",
    };

    private readonly Option<bool> _enableLifecycle = new("--web.enable-lifecycle")
    {
        Description = "Enable reloading the rules by POST /-/reload.",
    };

    private readonly Option<bool> _showCommandLines = new("--web.show-cmdline")
    {
        Description = "Show command lines to everyone on /process/PID and in the API; they may contain secrets.",
    };

    private readonly Option<bool> _showPaths = new("--web.show-paths")
    {
        Description = "Show paths of open files to everyone.",
    };

    private readonly Option<bool> _showClients = new("--web.show-clients")
    {
        Description = "Show addresses of a program's clients to everyone, not only their networks.",
    };

    private readonly Option<string> _ruleFile = new("--config.file")
    {
        Description = "File with rules that name groups; processes that match no rule are in group other. Reloaded on SIGHUP.",
        HelpName = "file",
    };

    private readonly Option<string> _procFs = new("--path.procfs")
    {
        Description = "Mountpoint of procfs.",
        HelpName = "folder",
        DefaultValueFactory = static _ => "/proc",
    };

    private readonly Option<string> _podLogs = new("--path.podlogs")
    {
        Description = "Folder of the kubelet's pod logs, for the names of pods and containers; no log is read.",
        HelpName = "folder",
        DefaultValueFactory = static _ => "/var/log/pods",
    };

    private readonly Option<int> _topProcesses = FlagKinds.Number(
        "--limits.top-processes", 20, 0, 10_000, "Maximum number of processes that are shown one by one; the rest is summed in other.");

    private readonly Option<int> _maxGroups = FlagKinds.Number("--limits.max-groups", 200, 1, 100_000, "Maximum number of groups; the rest is summed in other.");

    private readonly Option<int> _topEndpoints = FlagKinds.Number(
        "--limits.top-endpoints", 50, 0, 10_000, "Maximum number of addresses with CLOSE_WAIT, and each of listeners, mount points with deleted files and inotify users; the rest is summed in other.");

    private readonly Option<int> _topConnections = FlagKinds.Number(
        "--limits.top-connections", 50, 0, 10_000, "Maximum number of addresses with connections; the rest of each group is summed in other.");

    private readonly Option<int> _maxNamespaces = FlagKinds.Number(
        "--limits.max-namespaces", 100, 0, 10_000, "Maximum number of network namespaces; the rest is summed in other.");

    private readonly Option<string> _nameAge = new("--limits.name-age")
    {
        Description = "Minimum age of programs, processes and endpoints; younger ones are summed in other, unless they hold many descriptors.",
        HelpName = "duration",
        DefaultValueFactory = static _ => "1m",
    };

    private readonly Option<string> _groupsInclude = FlagKinds.Expression(
        "--groups.include", "Groups that have series of their own; the others are added up in other.");

    private readonly Option<string> _groupsExclude = FlagKinds.Expression("--groups.exclude", "Groups that are added up in other.");

    private readonly Option<string> _namespacesExclude = FlagKinds.Expression(
        "--network-namespaces.exclude", "Network namespaces, except host, that are added up in other.");

    private readonly Option<string> _evidenceDirectory = new("--evidence.directory")
    {
        Description = "Directory for evidence: what a process holds when it crosses a threshold of explain. Default: disabled.",
        HelpName = "folder",
    };

    private readonly Option<int> _evidenceMaxFiles = FlagKinds.Number("--evidence.max-files", 20, 1, 10_000, "Maximum number of evidence files; the least important are removed first.");

    private readonly Option<int> _systemHandlesThreshold = FlagKinds.Number(
        "--verdict.system-handles", 15_000, 1, int.MaxValue, "Report the machine's file handles from this number on.");

    private readonly Option<int> _closeWaitThreshold = FlagKinds.Number(
        "--verdict.close-wait", 100, 1, int.MaxValue, "Report a program's sockets in CLOSE_WAIT from this number on.");

    private readonly Option<bool> _disableDefaults = new("--collector.disable-defaults")
    {
        Description = "Disable all collectors by default; enable some with --collector.NAME.",
    };

    private readonly Option<bool> _dropPrivileges = new("--privileges.drop")
    {
        Description = "Drop capabilities that no collector needs. Enabled by default; --no-privileges.drop keeps them.",
    };

    private readonly Option<bool> _keepPrivileges = new("--no-privileges.drop")
    {
        Description = "Keep capabilities that no collector needs.",
        Hidden = true,
    };

    private readonly Option<string> _logLevel = FlagKinds.Choice("--log.level", "Log only messages of this level or above", "info", "debug", "info", "warn", "error");

    private readonly Option<string> _logFormat = FlagKinds.Choice("--log.format", "Format of log messages", "logfmt", "logfmt", "json");

    private readonly List<(string Name, Option<bool> On, Option<bool> Off)> _collectors = [];

    internal CommandFlags()
    {
        foreach ((_, string name) in CollectorNames.All)
        {
            _collectors.Add((
                name,
                new Option<bool>($"--collector.{name}") { Description = $"Enable the {name} collector. Enabled by default; --no-collector.{name} disables it." },
                new Option<bool>($"--no-collector.{name}") { Description = $"Disable the {name} collector.", Hidden = true }));
        }
    }

    /// <summary>Where processes are read and how they are named.</summary>
    internal IEnumerable<Option> NamingFlags => [_ruleFile, _procFs, _podLogs];

    /// <summary>For verbs that scan the machine.</summary>
    internal IEnumerable<Option> ScanFlags =>
    [
        .. NamingFlags, _topProcesses, _maxGroups, _topEndpoints, _topConnections, _maxNamespaces,
        .. _collectors.SelectMany(static each => new Option[] { each.On, each.Off }), _disableDefaults,
    ];

    /// <summary>For verbs that print metrics: what has series of its own, in addition to <see cref="ScanFlags"/>.</summary>
    internal IEnumerable<Option> SeriesFlags => [_nameAge, _groupsInclude, _groupsExclude, _namespacesExclude];

    internal bool HasTopProcesses(ParseResult result) => result.GetResult(_topProcesses) is { Implicit: false };

    /// <summary>For verbs that report problems.</summary>
    internal IEnumerable<Option> VerdictFlags => [_systemHandlesThreshold, _closeWaitThreshold];

    /// <summary>How to reach the server.</summary>
    internal IEnumerable<Option> HealthFlags => [_listenAddress, _webConfigFile];

    /// <summary>All flags of the server, in the order of its help.</summary>
    internal IEnumerable<Option> All =>
    [
        _listenAddress, _systemdSocket, _externalUrl, _telemetryPath, _webConfigFile, _maxRequests, _timeoutOffset, _enableLifecycle, _showCommandLines, _showPaths, _showClients,
        .. ScanFlags, .. SeriesFlags, .. VerdictFlags, _evidenceDirectory, _evidenceMaxFiles, _dropPrivileges, _keepPrivileges, _logLevel, _logFormat,
    ];
}
