namespace FdExporter.Cli.Logging;

/// <summary>
/// Lets the first line of each kind through at once, and what follows within a minute as one line with their number when that
/// minute is over. So nobody who can make the program say something can make it say much, and nothing is said later than that.
/// </summary>
internal sealed class RepeatLimit : IDisposable
{
    private static readonly TimeSpan s_between = TimeSpan.FromMinutes(1);

    /// <summary>So many subjects of one message are told apart at a time; the others are one kind together.</summary>
    private const int MostSubjects = 10;

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
        _timer = time.CreateTimer(_ => TellDue(isEnd: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal void Add(LogLine line)
    {
        lock (_lock)
        {
            if (!_recent.TryGetValue(line.Kind.Message, out Dictionary<string, Repeats>? subjects))
            {
                _recent.Add(line.Kind.Message, subjects = new(StringComparer.Ordinal));
            }

            string subject = subjects.ContainsKey(line.Kind.Subject) || subjects.Count < MostSubjects ? line.Kind.Subject : "";
            if (subjects.TryGetValue(subject, out Repeats? repeats))
            {
                // The first of them: the others are not even kept.
                repeats.First ??= line;
                repeats.Count++;
                return;
            }

            subjects.Add(subject, new Repeats(_time.GetTimestamp()));
            if (_recent.Count == 1 && subjects.Count == 1)
            {
                _timer.Change(s_between, Timeout.InfiniteTimeSpan);
            }
        }

        _write(line);
    }

    private void TellDue(bool isEnd)
    {
        List<LogLine> due = [];
        lock (_lock)
        {
            TimeSpan next = s_between;
            foreach ((string message, Dictionary<string, Repeats> subjects) in _recent.ToArray())
            {
                foreach ((string subject, Repeats repeats) in subjects.ToArray())
                {
                    TimeSpan left = s_between - _time.GetElapsedTime(repeats.Since);
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

    /// <summary>Says what there is left to say.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        TellDue(isEnd: true);
    }

    /// <summary>What came since a line of the kind was written.</summary>
    private sealed class Repeats(long since)
    {
        internal long Since { get; } = since;

        internal LogLine? First { get; set; }

        internal int Count { get; set; }
    }
}
