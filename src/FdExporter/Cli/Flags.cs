using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>The flags of the serving exporter, named and spelled as node_exporter's are.</summary>
internal sealed partial class Flags
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    private readonly Option<string[]> _listenAddress = new("--web.listen-address")
    {
        Description = "Address to listen on; may be given again.",
        HelpName = "[host]:port",
        DefaultValueFactory = static _ => [":10070"],
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string> _telemetryPath = new("--web.telemetry-path")
    {
        Description = "Path of the metrics.",
        HelpName = "path",
        DefaultValueFactory = static _ => "/metrics",
    };

    private readonly Option<string> _webConfigFile = new("--web.config.file")
    {
        Description = "TLS, users and passwords, in exporter-toolkit's format. Read again when it or its files change.",
        HelpName = "file",
    };

    private readonly Option<int> _maxRequests = Number("--web.max-requests", 40, 1, 100_000, "Scrapes at once from one client; one more gets 503.");

    private readonly Option<string> _timeoutOffset = new("--web.timeout-offset")
    {
        Description = "What a scan leaves of the scrape timeout that Prometheus sends.",
        HelpName = "duration",
        DefaultValueFactory = static _ => "500ms",
    };

    private readonly Option<bool> _enableLifecycle = new("--web.enable-lifecycle")
    {
        Description = "Let POST /-/reload read the rules again.",
    };

    private readonly Option<bool> _showCommandLines = new("--web.show-cmdline")
    {
        Description = "Show command lines on /process/PID and in the API to everybody; they may hold secrets.",
    };

    private readonly Option<bool> _showPaths = new("--web.show-paths")
    {
        Description = "Show paths of open files to everybody.",
    };

    private readonly Option<bool> _showClients = new("--web.show-clients")
    {
        Description = "Show addresses of a program's clients to everybody, not their networks only.",
    };

    private readonly Option<string> _ruleFile = new("--config.file")
    {
        Description = "Rules that name groups; what none of them matches is in group other. Read again on SIGHUP.",
        HelpName = "file",
    };

    private readonly Option<string> _procFs = new("--path.procfs")
    {
        Description = "Where procfs is mounted.",
        HelpName = "folder",
        DefaultValueFactory = static _ => "/proc",
    };

    private readonly Option<int> _topProcesses = Number(
        "--limits.top-processes", 20, 0, 10_000, "Processes shown one by one; the rest is added up in other.");

    private readonly Option<int> _maxGroups = Number("--limits.max-groups", 200, 1, 100_000, "Groups shown; the rest is added up in other.");

    private readonly Option<int> _topEndpoints = Number(
        "--limits.top-endpoints", 50, 0, 10_000, "CLOSE_WAIT endpoints shown; the rest of a group is added up in other.");

    private readonly Option<int> _maxNamespaces = Number(
        "--limits.max-namespaces", 100, 0, 10_000, "Network namespaces shown; the rest is added up in other.");

    private readonly Option<string> _nameAge = new("--limits.name-age")
    {
        Description = "Programs, processes and endpoints younger than this are added up in other, unless they hold much.",
        HelpName = "duration",
        DefaultValueFactory = static _ => "1m",
    };

    private readonly Option<string> _evidenceDirectory = new("--evidence.directory")
    {
        Description = "Where to write what a process holds when it crosses a threshold of explain; off if not given.",
        HelpName = "folder",
    };

    private readonly Option<int> _evidenceMaxFiles = Number("--evidence.max-files", 20, 1, 10_000, "Files there at the most; the oldest are removed.");

    private readonly Option<int> _systemHandlesThreshold = Number(
        "--verdict.system-handles", 15_000, 1, int.MaxValue, "File handles of the machine from which on the verdict speaks of them.");

    private readonly Option<int> _closeWaitThreshold = Number(
        "--verdict.close-wait", 100, 1, int.MaxValue, "Report a program's sockets in CLOSE_WAIT from this number on.");

    private readonly Option<bool> _disableDefaults = new("--collector.disable-defaults")
    {
        Description = "Start with no collector; switch on those wanted.",
    };

    private readonly Option<bool> _dropPrivileges = new("--privileges.drop")
    {
        Description = "Give up capabilities that no collector needs. On by default; --no-privileges.drop keeps them.",
    };

    private readonly Option<bool> _keepPrivileges = new("--no-privileges.drop")
    {
        Description = "Keeps capabilities that no collector needs.",
        Hidden = true,
    };

    private readonly Option<string> _logLevel = Choice("--log.level", "info", "debug", "info", "warn", "error");

    private readonly Option<string> _logFormat = Choice("--log.format", "logfmt", "logfmt", "json");

    private readonly List<(string Name, Option<bool> On, Option<bool> Off)> _collectors = [];

    internal Flags()
    {
        foreach ((_, string name) in CollectorNames.All)
        {
            _collectors.Add((
                name,
                new Option<bool>($"--collector.{name}") { Description = $"On by default; --no-collector.{name} switches it off." },
                new Option<bool>($"--no-collector.{name}") { Description = $"Switches collector {name} off.", Hidden = true }));
        }
    }

    /// <summary>Where a process is read and what it is called.</summary>
    internal IEnumerable<Option> OfNames => [_ruleFile, _procFs];

    /// <summary>What a single look at the machine is about; the verbs that look once take these.</summary>
    internal IEnumerable<Option> OfScan =>
    [
        .. OfNames, _topProcesses, _maxGroups, _topEndpoints, _maxNamespaces,
        .. _collectors.SelectMany(static each => new Option[] { each.On, each.Off }), _disableDefaults,
    ];

    /// <summary>Of all that says what is wrong.</summary>
    internal IEnumerable<Option> OfVerdict => [_systemHandlesThreshold, _closeWaitThreshold];

    /// <summary>Where the server is to be asked, and how.</summary>
    internal IEnumerable<Option> OfHealth => [_listenAddress, _webConfigFile];

    /// <summary>Of the server, in the order of its help.</summary>
    internal IEnumerable<Option> All =>
    [
        _listenAddress, _telemetryPath, _webConfigFile, _maxRequests, _timeoutOffset, _enableLifecycle, _showCommandLines, _showPaths, _showClients,
        .. OfScan, _nameAge, .. OfVerdict, _evidenceDirectory, _evidenceMaxFiles, _dropPrivileges, _keepPrivileges, _logLevel, _logFormat,
    ];

    /// <summary>What the command line says; null and a line that names the flag when it cannot be.</summary>
    internal ExporterOptions? Read(ParseResult result, out string? problem)
    {
        List<ListenAddress> addresses = [];
        foreach (string text in result.GetRequiredValue(_listenAddress))
        {
            if (!ListenAddress.TryParse(text, out ListenAddress? address))
            {
                problem = $"--web.listen-address: not [host]:port: '{text}'";
                return null;
            }

            addresses.Add(address!);
        }

        string path = result.GetRequiredValue(_telemetryPath);
        if (!TelemetryPath().IsMatch(path))
        {
            problem = $"--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: '{path}'";
            return null;
        }

        string offsetText = result.GetRequiredValue(_timeoutOffset);
        if (!Duration.TryParse(offsetText, out TimeSpan offset))
        {
            problem = $"--web.timeout-offset: not a duration such as 500ms or 0.5s: '{offsetText}'";
            return null;
        }

        string ageText = result.GetRequiredValue(_nameAge);
        if (!Duration.TryParse(ageText, out TimeSpan nameAge) || nameAge > TimeSpan.FromHours(1))
        {
            problem = $"--limits.name-age: not a duration of 1h or less such as 1m or 0s: '{ageText}'";
            return null;
        }

        if (ReadCollectors(result, out problem) is not { } collectors)
        {
            return null;
        }

        return new ExporterOptions
        {
            ListenAddresses = addresses,
            TelemetryPath = path,
            EnableLifecycle = result.GetValue(_enableLifecycle),
            ShowCommandLines = result.GetValue(_showCommandLines),
            ShowPaths = result.GetValue(_showPaths),
            ShowClients = result.GetValue(_showClients),
            WebConfigFile = result.GetValue(_webConfigFile) is { Length: > 0 } webConfig ? webConfig : null,
            RuleFile = result.GetValue(_ruleFile) is { Length: > 0 } file ? file : null,
            MaxRequests = result.GetValue(_maxRequests),
            TimeoutOffset = offset,
            ProcFsRoot = result.GetRequiredValue(_procFs),
            Collectors = collectors,
            SystemHandlesThreshold = result.GetValue(_systemHandlesThreshold),
            CloseWaitThreshold = result.GetValue(_closeWaitThreshold),
            TopProcesses = result.GetValue(_topProcesses),
            MaxGroups = result.GetValue(_maxGroups),
            TopEndpoints = result.GetValue(_topEndpoints),
            MaxNamespaces = result.GetValue(_maxNamespaces),
            NameAge = nameAge,
            EvidenceDirectory = result.GetValue(_evidenceDirectory) is { Length: > 0 } directory ? directory : null,
            EvidenceMaxFiles = result.GetValue(_evidenceMaxFiles),
            DropPrivileges = !result.GetValue(_keepPrivileges),
            LogLevel = result.GetValue(_logLevel) switch
            {
                "debug" => LogLevel.Debug,
                "warn" => LogLevel.Warning,
                "error" => LogLevel.Error,
                _ => LogLevel.Information,
            },
            LogFormat = result.GetValue(_logFormat) == "json" ? LogFormat.Json : LogFormat.Logfmt,
        };
    }

    /// <summary>
    /// The collectors that are on. One that is made of others brings them along where it was asked for, and goes with them
    /// where they were switched off; to ask for both is a contradiction.
    /// </summary>
    private HashSet<string>? ReadCollectors(ParseResult result, out string? problem)
    {
        bool byDefault = !result.GetValue(_disableDefaults);
        HashSet<string> asked = [.. _collectors.Where(each => result.GetValue(each.On)).Select(static each => each.Name)];
        HashSet<string> off = [.. _collectors.Where(each => result.GetValue(each.Off)).Select(static each => each.Name)];
        HashSet<string> collectors = [];
        problem = null;
        foreach ((string name, _, _) in _collectors)
        {
            if (off.Contains(name) || !(byDefault || asked.Contains(name)))
            {
                continue;
            }

            List<string> needed = [.. CollectorNames.PrerequisitesOf(name)];
            if (needed.Find(off.Contains) is not { } missing)
            {
                collectors.UnionWith([name, .. needed]);
            }
            else if (asked.Contains(name))
            {
                problem = $"--collector.{name}: needs the collector {missing}, which --no-collector.{missing} switches off";
                return null;
            }
        }

        return collectors;
    }

    // Below /-/, /process, /explain and /api are pages of the exporter's own.
    [GeneratedRegex("^(/|(?!/(-|process|explain|api)(/|$))(/[A-Za-z0-9._~-]+)+)$")]
    private static partial Regex TelemetryPath();

    private static Option<int> Number(string name, int byDefault, int least, int most, string description)
    {
        Option<int> option = new(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => byDefault };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
            {
                argument.AddError($"{name}: not a number from {least} to {most}: '{text}'");
            }

            return value;
        };
        return option;
    }

    /// <summary>A length of time that a program may wait for over and over without keeping the machine busy.</summary>
    internal static Option<string> Time(string name, string byDefault, string description)
    {
        Option<string> option = new(name) { Description = description, HelpName = "duration", DefaultValueFactory = _ => byDefault };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (TimeOf(text) < s_shortest)
            {
                argument.AddError($"{name}: not a duration of 100ms or more such as {byDefault}: '{text}'");
            }

            return text;
        };
        return option;
    }

    /// <summary>Of what <see cref="Time"/> has let through; else nothing.</summary>
    internal static TimeSpan TimeOf(string text) => Duration.TryParse(text, out TimeSpan time) ? time : TimeSpan.Zero;

    /// <summary>A process, behind a verb.</summary>
    internal static Argument<int> Pid(string name) => new(name)
    {
        Description = "Number of the process.",
        CustomParser = static argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0)
            {
                argument.AddError($"not the number of a process: '{text}'");
            }

            return pid;
        },
    };

    internal static Option<string> Choice(string name, string byDefault, params string[] values)
    {
        Option<string> option = new(name)
        {
            Description = DescriptionOf(values),
            HelpName = "name",
            DefaultValueFactory = _ => byDefault,
            CustomParser = argument => OneOf(argument, name, values),
        };
        option.CompletionSources.Add(values);
        return option;
    }

    /// <summary>A word that has to be given, behind a verb.</summary>
    internal static Argument<string> Choice(string name, params string[] values)
    {
        Argument<string> argument = new(name)
        {
            Description = DescriptionOf(values),
            CustomParser = result => OneOf(result, name, values),
        };
        argument.CompletionSources.Add(values);
        return argument;
    }

    private static string DescriptionOf(string[] values) => $"One of {string.Join(", ", values)}.";

    private static string OneOf(ArgumentResult argument, string name, string[] values)
    {
        string text = argument.Tokens[0].Value;
        if (!values.Contains(text))
        {
            argument.AddError($"{name}: not one of {string.Join(", ", values)}: '{text}'");
        }

        return text;
    }
}
