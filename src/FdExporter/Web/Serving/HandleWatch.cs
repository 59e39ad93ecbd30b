using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Self;

namespace FdExporter.Web.Serving;

/// <summary>
/// Tells of a want of file handles, by a counter and by one line when it begins and one when it is over, and fills the
/// reserve again as soon as there are some.
/// </summary>
internal sealed partial class HandleWatch : IDisposable
{
    /// <summary>Handles come back one by one, and each is wanted by the next who connects.</summary>
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    private readonly HandleReserve _reserve;
    private readonly ExporterMetrics _exporter;
    private readonly TimeProvider _time;
    private readonly ILogger<HandleWatch> _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;

    /// <summary>When the kernel refused last, for as long as it is not over. Guarded by <see cref="_lock"/>, as the next three.</summary>
    private long? _refused;
    private long _began;
    private string _limit = "";
    private bool _isTold;

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
                _timer.Change(TimeSpan.Zero, s_between);
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

            // Here and not where it was noticed: the writing of a line may have to wait.
            if (!_isTold)
            {
                _isTold = true;
                LogNone(_limit);
            }

            if (isFull && _time.GetElapsedTime(refused) >= HandleReserve.OverAfter)
            {
                _refused = null;
                _isTold = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                long seconds = (long)_time.GetElapsedTime(_began).TotalSeconds;
                LogSome(seconds);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No file handles left, answering from the reserve")]
    private partial void LogNone(string limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "File handles again")]
    private partial void LogSome(long seconds);

    public void Dispose()
    {
        _reserve.Refused -= Note;
        _timer.Dispose();
    }
}
