using FdExporter.Configuration;
using FdExporter.Metrics;

namespace FdExporter.Cli.Logging;

/// <summary>The log of the server, written to standard error.</summary>
internal sealed class LogProvider : ILoggerProvider
{
    private readonly TimeProvider _time;
    private readonly LogWriter _writer;
    private readonly SlogFormatter _formatter;
    private readonly RepeatLimit _repeats;

    /// <summary>Repeated lines are limited from this level on. With --log.level=debug it is warning: the framework logs details as information.</summary>
    private readonly LogLevel _limited;

    internal LogProvider(Stream output, LogLevel level, LogFormat format, bool isForJournal, ExporterMetrics exporter, TimeProvider time)
    {
        _time = time;
        _limited = level <= LogLevel.Debug ? LogLevel.Warning : LogLevel.Information;
        _formatter = new SlogFormatter(format, isForJournal);
        _writer = new LogWriter(output, DropNotice, exporter.CountDroppedLine);
        _repeats = new RepeatLimit(Write, time);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(this, categoryName);

    private void Add(LogLine line)
    {
        if (line.Level < _limited)
        {
            Write(line);
        }
        else
        {
            _repeats.Add(line);
        }
    }

    private void Write(LogLine line) => _writer.Write(_formatter.Format(line));

    private string DropNotice(long lines) => _formatter.Format(new LogLine(
        _time.GetUtcNow(), LogLevel.Warning, default, "Log lines dropped: standard error was not read in time", [new("lines", FormattableString.Invariant($"{lines}"))]));

    public void Dispose()
    {
        _repeats.Dispose();
        _writer.Dispose();
    }

    private sealed class Logger(LogProvider log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => log.Add(LogLine.Of(log._time.GetUtcNow(), category, logLevel, eventId, state, exception, formatter(state, exception)));
    }
}
