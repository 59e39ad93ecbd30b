using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>The reading threads, including those abandoned in a hanging read.</summary>
internal sealed partial class ProcessReader
{
    private ReadingThread Prepare()
    {
        if (_hung.Waiting >= MaxHanging)
        {
            throw new IOException($"{MaxHanging} processes hang on reading; no other is tried until one answers");
        }

        ReadingThread thread = _thread ??= TakeSpare()
            ?? throw new IOException("no thread to read processes: the limit of threads is reached (of the machine, the user or the control group)");
        if (Volatile.Read(ref _spare) is null && ReadingThread.TryStart() is { } spare)
        {
            KeepAsSpare(spare);
        }

        _hung.CommandLineReads = AllowedReads();
        return thread;
    }

    private ReadingThread? TakeSpare() => Interlocked.Exchange(ref _spare, null) ?? ReadingThread.TryStart();

    /// <summary>A thread that has returned is used again, since a new one may not be available.</summary>
    private void KeepAsSpare(ReadingThread thread)
    {
        if (Interlocked.CompareExchange(ref _spare, thread, null) is not null)
        {
            thread.Dispose();
        }
    }

    private void AbandonThread(ReadingThread left, ProcessId id, HungAt at)
    {
        _thread = null;
        _hung.Add(id, at);
        LogHangs(id.Pid, at);
        left.WhenReturned(() =>
        {
            _hung.Return(id.Pid);
            LogRecovered(id.Pid);
            KeepAsSpare(left);
        });
    }

    /// <summary>The reading collector; a new one after the last was abandoned.</summary>
    private ProcessCollector TakeOver()
    {
        if (_abandoned is not ({ } abandoned, var isUntouched))
        {
            return _collector;
        }

        // Not from an abandoned one, which may still change its state.
        ProcessNamer namer = _namer;
        ProcessCollector successor = _makeCollector(namer, !isUntouched && namer == _last.Namer ? _last.Table : null);
        if (isUntouched)
        {
            successor.ContinueFrom(abandoned);
        }

        (_collector, _abandoned) = (successor, null);
        if (namer != _namer)
        {
            successor.NameBy(_namer);
        }

        return successor;
    }
}
