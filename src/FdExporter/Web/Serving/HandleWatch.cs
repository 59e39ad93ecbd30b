using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Self;

namespace FdExporter.Web.Serving;

/// <summary>
/// Reports a lack of file handles by a counter, one log line when it begins and one when it ends. Refills the reserve as soon as handles
/// are available.
/// </summary>
internal sealed partial class HandleWatch : IDisposable
{
    /// <summary>Handles are released one by one, and each new client needs one.</summary>
    private static readonly TimeSpan s_refillInterval = TimeSpan.FromMilliseconds(100);

    private readonly HandleReserve _reserve;
    private readonly ExporterMetrics _exporter;
    private readonly TimeProvider _time;
    private readonly ILogger<HandleWatch> _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;

    /// <summary>Time of the last refusal, until the shortage is over. Guarded by <see cref="_lock"/>, like the next three.</summary>
    private long? _refused;
    private long _began;
    private string _limit = "";
    private bool _isLogged;

    internal HandleWatch(HandleReserve reserve, ExporterMetrics exporter, TimeProvider time, ILogger<HandleWatch> logger)
    {
        _reserve = reserve;
        _exporter = exporter;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        reserve.Refused += Note;
    }

    private void Note(HandleLimit limit)
    {
        _exporter.CountHandleRefusal(limit);
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            bool isNew = _refused is null;
            _refused = now;
            if (isNew)
            {
                (_began, _limit) = (now, HandleLimitNames.Of(limit));
                _timer.Change(TimeSpan.Zero, s_refillInterval);
            }
        }
    }

    private void Check()
    {
        bool isFull = _reserve.TryFill();
        lock (_lock)
        {
            if (_refused is not { } refused)
            {
                return;
            }

            // Logged here and not where the shortage was detected, because writing a line may block.
            if (!_isLogged)
            {
                _isLogged = true;
                LogExhausted(_limit);
            }

            if (isFull && _time.GetElapsedTime(refused) >= HandleReserve.OverAfter)
            {
                _refused = null;
                _isLogged = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                long seconds = (long)_time.GetElapsedTime(_began).TotalSeconds;
                LogAvailable(seconds);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No file handles left, answering from the reserve")]
    private partial void LogExhausted(string limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "File handles available again")]
    private partial void LogAvailable(long seconds);

    public void Dispose()
    {
        _reserve.Refused -= Note;
        _timer.Dispose();
    }
}
