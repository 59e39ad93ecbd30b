using System.CommandLine;
using System.Text.RegularExpressions;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>From what was given to the options that the exporter takes.</summary>
internal sealed partial class CommandFlags
{
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

        string externalText = result.GetValue(_externalUrl) ?? "";
        string? externalUrl = null;
        if (externalText.Length > 0 && !ExternalUrl.TryNormalize(externalText, out externalUrl))
        {
            problem = $"--web.external-url: not a URL such as https://web-1.example.com:10070: '{externalText}'";
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
            SystemdSocket = result.GetValue(_systemdSocket),
            TelemetryPath = path,
            ExternalUrl = externalUrl,
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
            Groups = NameFilter.Of(result.GetValue(_groupsInclude), result.GetValue(_groupsExclude)),
            Namespaces = NameFilter.Of(null, result.GetValue(_namespacesExclude)),
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

    // Below /-/, /process, /explain, /runbooks and /api are pages of the exporter's own.
    [GeneratedRegex("^(/|(?!/(-|process|explain|runbooks|api)(/|$))(/[A-Za-z0-9._~-]+)+)$")]
    private static partial Regex TelemetryPath();
}
