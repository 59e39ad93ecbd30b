namespace FdExporter.Cli.Logging;

/// <summary>
/// Writes the first line of each kind at once. Further ones within a minute become one line with their number at the end of that
/// minute. So clients that can cause log lines cannot flood the log, and no line is delayed by more than a minute.
/// </summary>
internal sealed class RepeatLimit : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <summary>Maximum number of subjects of one message at a time; all others together are one kind.</summary>
    private const int MaxSubjects = 10;

    private readonly Action<LogLine> _write;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();

    /// <summary>By message, then by subject. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<string, Dictionary<string, Repeats>> _recent = new(StringComparer.Ordinal);

    internal RepeatLimit(Action<LogLine> write, TimeProvider time)
    {
        _write = write;
        _time = time;
        _timer = time.CreateTimer(_ => WriteDue(isEnd: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal void Add(LogLine line)
    {
        lock (_lock)
        {
            if (!_recent.TryGetValue(line.Kind.Message, out Dictionary<string, Repeats>? subjects))
            {
                _recent.Add(line.Kind.Message, subjects = new(StringComparer.Ordinal));
            }

            string subject = subjects.ContainsKey(line.Kind.Subject) || subjects.Count < MaxSubjects ? line.Kind.Subject : "";
            if (subjects.TryGetValue(subject, out Repeats? repeats))
            {
                // Only the first is kept; the others are counted.
                repeats.First ??= line;
                repeats.Count++;
                return;
            }

            subjects.Add(subject, new Repeats(_time.GetTimestamp()));
            if (_recent.Count == 1 && subjects.Count == 1)
            {
                _timer.Change(s_interval, Timeout.InfiniteTimeSpan);
            }
        }

        _write(line);
    }

    private void WriteDue(bool isEnd)
    {
        List<LogLine> due = [];
        lock (_lock)
        {
            TimeSpan next = s_interval;
            foreach ((string message, Dictionary<string, Repeats> subjects) in _recent.ToArray())
            {
                foreach ((string subject, Repeats repeats) in subjects.ToArray())
                {
                    TimeSpan left = s_interval - _time.GetElapsedTime(repeats.Since);
                    if (left > TimeSpan.Zero && !isEnd)
                    {
                        next = left < next ? left : next;
                    }
                    else if (repeats.First is { } first)
                    {
                        due.Add(first.Repeated(repeats.Count));
                        subjects[subject] = new Repeats(_time.GetTimestamp());
                    }
                    else
                    {
                        subjects.Remove(subject);
                    }
                }

                if (subjects.Count == 0)
                {
                    _recent.Remove(message);
                }
            }

            _timer.Change(_recent.Count > 0 && !isEnd ? next : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        due.ForEach(_write);
    }

    /// <summary>Writes all pending lines.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        WriteDue(isEnd: true);
    }

    /// <summary>Lines since the last written line of a kind.</summary>
    private sealed class Repeats(long since)
    {
        internal long Since { get; } = since;

        internal LogLine? First { get; set; }

        internal int Count { get; set; }
    }
}
