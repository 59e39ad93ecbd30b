using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>
/// The web configuration in use. Its files are checked on use, at most once a second. An invalid new version only sets a gauge and is
/// logged. A version that removes protection must do so explicitly, and is used only after it has been unchanged for a while, because a
/// file that is still being written may lack parts.
/// </summary>
internal sealed partial class WebSecurity
{
    /// <summary>How long a version that removes protection must stay unchanged.</summary>
    internal static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly FileThread _thread;
    private readonly TimeProvider _time;
    private readonly ILogger<WebSecurity> _logger;
    private readonly Lock _lock = new();
    private volatile LoadedWebConfig _current;

    /// <summary>The last checked version, in use or not. Guarded by <see cref="_lock"/>.</summary>
    private WatchedFiles _seen;

    /// <summary>
    /// That version if it removes protection, with the removed keys, and since when (timestamp). Guarded by <see cref="_lock"/>.
    /// </summary>
    private (LoadedWebConfig Loaded, IReadOnlyList<string> Keys, long Since)? _weaker;

    /// <summary>
    /// Timestamp; null before the first request, which always checks: the version loaded at the start may be a file that was still being
    /// written. Guarded by <see cref="_lock"/>.
    /// </summary>
    private long? _checkedAt;

    /// <summary>Why the last version cannot be used, as logged; null if it can. Guarded by <see cref="_lock"/>.</summary>
    private ConfigException? _problem;

    private WebSecurity(
        string file, FileThread thread, LoadedWebConfig loaded, WatchedFiles seen, ExporterMetrics exporter, TimeProvider time, ILogger<WebSecurity> logger)
    {
        _file = file;
        _thread = thread;
        _current = loaded;
        _seen = seen;
        _time = time;
        _logger = logger;
        Metrics = exporter.AddWeb(isTls: loaded.Tls is not null);
        Report(loaded);
        WarnOf(seen);
    }

    internal WebMetrics Metrics { get; }

    /// <summary>Whether it serves TLS; this never changes while the exporter runs.</summary>
    internal bool IsTls => _current.Tls is not null;

    /// <param name="thread">Reads its files, and no others.</param>
    /// <exception cref="ConfigException">The file, or one that it names, cannot be used.</exception>
    internal static WebSecurity Load(string file, FileThread thread, ExporterMetrics exporter, TimeProvider time, ILogger<WebSecurity> logger)
    {
        WatchedFiles seen = new(thread);
        return new WebSecurity(file, thread, LoadedWebConfig.Load(file, seen), seen, exporter, time, logger);
    }

    internal LoadedWebConfig Current()
    {
        // If another request is checking, use the current version.
        if (_lock.TryEnter())
        {
            try
            {
                if (_checkedAt is not { } checkedAt || _time.GetElapsedTime(checkedAt) >= s_checkInterval)
                {
                    Check();
                    _checkedAt = _time.GetTimestamp();
                }
            }
            finally
            {
                _lock.Exit();
            }
        }

        return _current;
    }

    private void Check()
    {
        try
        {
            // If a file did not answer, it may be unchanged, and is then used.
            if (_seen.HaveChanged() || _problem is { IsUnanswered: true })
            {
                Read();
            }
            else if (_weaker is { } weaker && _time.GetElapsedTime(weaker.Since) >= SettledAfter)
            {
                Take(weaker.Loaded);
                LogLessProtection(_file, string.Join(", ", weaker.Keys));
            }
        }
        catch (ConfigException exception)
        {
            Keep(exception);
        }
    }

    /// <exception cref="ConfigException">The version cannot be used, or does not remove protection explicitly.</exception>
    private void Read()
    {
        _weaker = null;
        _seen = new WatchedFiles(_thread);
        LoadedWebConfig loaded = LoadedWebConfig.Load(_file, _seen, _current);
        if (loaded.Tls is null != _current.Tls is null)
        {
            throw new ConfigException(_file, "TLS can only be switched on or off by a restart");
        }

        if (WebProtections.Removed(_file, _current.Config, loaded.Config) is { Count: > 0 } keys)
        {
            _weaker = (loaded, keys, _time.GetTimestamp());
        }
        else
        {
            Take(loaded);
        }
    }

    private void Take(LoadedWebConfig loaded)
    {
        _weaker = null;
        _problem = null;
        _current = loaded;
        Report(loaded);
        LogReloaded(_file);
        WarnOf(_seen);
    }

    /// <summary>Keeps the version in use; logs each problem once.</summary>
    private void Keep(ConfigException problem)
    {
        Metrics.SetReloadFailed();
        if (problem.Message != _problem?.Message)
        {
            LogNotReloaded(problem.Message);
        }

        _problem = problem;
    }

    private void WarnOf(WatchedFiles files)
    {
        foreach (string doubt in files.Doubts)
        {
            LogUnsafeFile(doubt);
        }
    }

    private void Report(LoadedWebConfig loaded) => Metrics.SetReloaded(_time.GetUtcNow(), loaded.Tls?.NotAfter);

    [LoggerMessage(Level = LogLevel.Information, Message = "Web configuration reloaded")]
    private partial void LogReloaded(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Web configuration explicitly protects less than before")]
    private partial void LogLessProtection(string file, string without);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other users can change files of the web configuration")]
    private partial void LogUnsafeFile(string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "Web configuration not reloaded, the old one stays")]
    private partial void LogNotReloaded(string err);
}
