using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Metrics;
using FdExporter.Scanning;
using FdExporter.Self;

namespace FdExporter.Web.Serving;

/// <summary>
/// Reloads the rules on request. Invalid rules only set a gauge and are logged. One reload runs and at most one waits. Requests that arrive
/// meanwhile share the waiting one: it starts after each of them, so it reads their changes.
/// </summary>
internal sealed partial class RuleReloader
{
    private readonly string? _file;
    private readonly FileThread _thread;
    private readonly HostScanner _scanner;
    private readonly ExporterMetrics _exporter;
    private readonly ServiceManager _manager;
    private readonly TimeProvider _time;
    private readonly ILogger<RuleReloader> _logger;
    private readonly Lock _lock = new();

    /// <summary>The current or last reload. Guarded by <see cref="_lock"/>.</summary>
    private Task<string?> _running = Task.FromResult<string?>(null);

    /// <summary>The waiting reload. Guarded by <see cref="_lock"/>.</summary>
    private Task<string?>? _waiting;

    /// <param name="file">The file with the scanner's current rules; null if there is none to reload.</param>
    /// <param name="thread">Reads the file, and no other.</param>
    internal RuleReloader(
        string? file, FileThread thread, HostScanner scanner, ExporterMetrics exporter, ServiceManager manager, TimeProvider time, ILogger<RuleReloader> logger)
    {
        _file = file;
        _thread = thread;
        _scanner = scanner;
        _exporter = exporter;
        _manager = manager;
        _time = time;
        _logger = logger;
        exporter.SetReloaded(time.GetUtcNow());
    }

    /// <param name="warning">The warning returned by <see cref="NamingRules.Load"/>; null for none.</param>
    internal void WarnOf(string? warning)
    {
        if (warning is not null)
        {
            LogEmpty(warning);
        }
    }

    /// <returns>Null, or a one-line reason why the rules cannot be used.</returns>
    internal Task<string?> ReloadAsync()
    {
        lock (_lock)
        {
            return _waiting ??= ReloadAfterAsync(_running);
        }
    }

    private async Task<string?> ReloadAfterAsync(Task previous)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _running = _waiting!;
            _waiting = null;
        }

        _manager.Reloading();
        string? problem = Reload();
        _manager.Reloaded(problem is not null ? $"Rules not reloaded, the old ones stay: {problem}" : _file is null ? "No rules to reload" : "Rules reloaded");
        return problem;
    }

    private string? Reload()
    {
        string? warning = null;
        try
        {
            if (_file is not null)
            {
                NamingRules rules = NamingRules.Load(_file, _thread);
                warning = rules.Warning;
                _scanner.NameBy(rules.Namer, rules.Literal);
            }
        }
        catch (ConfigException exception)
        {
            _exporter.SetReloadFailed();
            LogNotReloaded(exception.Message);
            return exception.Message;
        }

        _exporter.SetReloaded(_time.GetUtcNow());
        if (_file is null)
        {
            LogNothing();
        }
        else
        {
            LogReloaded(_file);
            WarnOf(warning);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Rules reloaded")]
    private partial void LogReloaded(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rule file has no rules")]
    private partial void LogEmpty(string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "No rules to reload")]
    private partial void LogNothing();

    [LoggerMessage(Level = LogLevel.Error, Message = "Rules not reloaded, the old ones stay")]
    private partial void LogNotReloaded(string err);
}
