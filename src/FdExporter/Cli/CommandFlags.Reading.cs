using System.CommandLine;
using System.Text.RegularExpressions;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>Converts parsed flags to <see cref="ExporterOptions"/>.</summary>
internal sealed partial class CommandFlags
{
    /// <summary>Null, and a problem that names the flag, if a value is not valid.</summary>
    internal ExporterOptions? Read(ParseResult result, out string? problem)
    {
        if (ReadAddresses(result, out problem) is not { } addresses
            || ReadTelemetryPath(result, out problem) is not { } path
            || !TryReadExternalUrl(result, out string? externalUrl, out problem)
            || ReadTimeoutOffset(result, out problem) is not { } offset
            || ReadNameAge(result, out problem) is not { } nameAge
            || ReadCollectors(result, out problem) is not { } collectors)
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
            PodLogs = result.GetRequiredValue(_podLogs),
            Collectors = collectors,
            SystemHandlesThreshold = result.GetValue(_systemHandlesThreshold),
            CloseWaitThreshold = result.GetValue(_closeWaitThreshold),
            TopProcesses = result.GetValue(_topProcesses),
            MaxGroups = result.GetValue(_maxGroups),
            TopEndpoints = result.GetValue(_topEndpoints),
            TopConnections = result.GetValue(_topConnections),
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

    private List<ListenAddress>? ReadAddresses(ParseResult result, out string? problem)
    {
        List<ListenAddress> addresses = [];
        problem = null;
        foreach (string text in result.GetRequiredValue(_listenAddress))
        {
            if (!ListenAddress.TryParse(text, out ListenAddress? address))
            {
                problem = $"--web.listen-address: not [host]:port: '{text}'";
                return null;
            }

            addresses.Add(address!);
        }

        return addresses;
    }

    private string? ReadTelemetryPath(ParseResult result, out string? problem)
    {
        string path = result.GetRequiredValue(_telemetryPath);
        bool isValid = TelemetryPath().IsMatch(path);
        problem = isValid ? null : $"--web.telemetry-path: not a path such as /metrics, or one of the exporter's own: '{path}'";
        return isValid ? path : null;
    }

    /// <param name="url">Null if none is given.</param>
    private bool TryReadExternalUrl(ParseResult result, out string? url, out string? problem)
    {
        string text = result.GetValue(_externalUrl) ?? "";
        url = null;
        bool isValid = text.Length == 0 || ExternalUrl.TryNormalize(text, out url);
        problem = isValid ? null : $"--web.external-url: not a URL such as https://web-1.example.com:10070: '{text}'";
        return isValid;
    }

    private TimeSpan? ReadTimeoutOffset(ParseResult result, out string? problem)
    {
        string text = result.GetRequiredValue(_timeoutOffset);
        bool isValid = Duration.TryParse(text, out TimeSpan offset);
        problem = isValid ? null : $"--web.timeout-offset: not a duration such as 500ms or 0.5s: '{text}'";
        return isValid ? offset : null;
    }

    private TimeSpan? ReadNameAge(ParseResult result, out string? problem)
    {
        string text = result.GetRequiredValue(_nameAge);
        bool isValid = Duration.TryParse(text, out TimeSpan age) && age <= TimeSpan.FromHours(1);
        problem = isValid ? null : $"--limits.name-age: not a duration of 1h or less such as 1m or 0s: '{text}'";
        return isValid ? age : null;
    }

    /// <summary>
    /// The enabled collectors. Enabling a collector also enables its prerequisites; disabling a prerequisite also disables the
    /// collector. To enable one and disable its prerequisite is an error.
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
                problem = $"--collector.{name}: requires the collector {missing}, which --no-collector.{missing} disables";
                return null;
            }
        }

        return collectors;
    }

    // The exporter's own pages are under /-/, /process, /explain, /runbooks and /api.
    [GeneratedRegex("^(/|(?!/(-|process|explain|runbooks|api)(/|$))(/[A-Za-z0-9._~-]+)+)$")]
    private static partial Regex TelemetryPath();
}
