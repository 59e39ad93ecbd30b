using FdExporter.Configuration;
using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>
/// The web configuration in use. Whoever asks for it has its files looked at, once a second at the most; a new version that
/// cannot be used changes nothing but a gauge and the log.
/// </summary>
internal sealed partial class WebSecurity
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly ILogger<WebSecurity> _logger;
    private readonly Lock _lock = new();
    private volatile LoadedWebConfig _current;

    /// <summary>As the last version was that was looked at, be it in use or not. Guarded by <see cref="_lock"/>.</summary>
    private WatchedFiles _seen;

    /// <summary>Timestamp. Guarded by <see cref="_lock"/>.</summary>
    private long _looked;

    private WebSecurity(string file, LoadedWebConfig loaded, WatchedFiles seen, ExporterMetrics exporter, TimeProvider time, ILogger<WebSecurity> logger)
    {
        _file = file;
        _current = loaded;
        _seen = seen;
        _time = time;
        _logger = logger;
        _looked = time.GetTimestamp();
        Metrics = exporter.ShowWeb(isTls: loaded.Tls is not null);
        Report(loaded);
    }

    internal WebMetrics Metrics { get; }

    /// <summary>Whether it serves TLS, which it does from its start to its end or never.</summary>
    internal bool IsTls => _current.Tls is not null;

    /// <exception cref="ConfigException">The file, or one that it names, cannot be used.</exception>
    internal static WebSecurity Load(string file, ExporterMetrics exporter, TimeProvider time, ILogger<WebSecurity> logger)
    {
        WatchedFiles seen = new();
        return new WebSecurity(file, LoadedWebConfig.Load(file, seen), seen, exporter, time, logger);
    }

    internal LoadedWebConfig Current()
    {
        // Who comes while another looks takes what there is.
        if (_lock.TryEnter())
        {
            try
            {
                if (_time.GetElapsedTime(_looked) >= s_between)
                {
                    Look();
                    _looked = _time.GetTimestamp();
                }
            }
            finally
            {
                _lock.Exit();
            }
        }

        return _current;
    }

    private void Look()
    {
        if (!_seen.HaveChanged())
        {
            return;
        }

        WatchedFiles seen = new();
        try
        {
            LoadedWebConfig loaded = LoadedWebConfig.Load(_file, seen, _current);
            if (loaded.Tls is null != _current.Tls is null)
            {
                throw new ConfigException(_file, "TLS is switched on and off by a restart only");
            }

            _current = loaded;
            Report(loaded);
            LogReloaded(_file);
        }
        catch (ConfigException exception)
        {
            Metrics.SetReloadFailed();
            LogKept(exception.Message);
        }

        _seen = seen;
    }

    private void Report(LoadedWebConfig loaded) => Metrics.SetReloaded(_time.GetUtcNow(), loaded.Tls?.NotAfter);

    [LoggerMessage(Level = LogLevel.Information, Message = "Web configuration reloaded")]
    private partial void LogReloaded(string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Web configuration not reloaded, the old one stays")]
    private partial void LogKept(string err);
}
