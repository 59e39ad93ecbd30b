using System.Text;

namespace FdExporter.Cli.Logging;

/// <summary>
/// Writes lines on a thread of its own, since whoever reads them may stop to: a full pipe, a journal that hangs, a terminal on
/// hold. Nobody who logs waits for it. What there is no room for is dropped, counted, and said when it can be.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int MostWaiting = 1000;

    /// <summary>Unit: characters.</summary>
    private const int MostText = 256 * 1024;

    /// <summary>For what waits when the program ends.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly Stream _output;
    private readonly Func<long, string> _dropNotice;
    private readonly Action _countDropped;
    private readonly Thread _thread;
    private readonly object _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, as the next three.</summary>
    private readonly Queue<string> _lines = [];
    private int _text;
    private long _dropped;
    private bool _isEnding;

    /// <param name="dropNotice">The line that says how many were dropped.</param>
    /// <param name="countDropped">Called for each, by whoever logs.</param>
    internal LogWriter(Stream output, Func<long, string> dropNotice, Action countDropped)
    {
        _output = output;
        _dropNotice = dropNotice;
        _countDropped = countDropped;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    internal void Write(string line)
    {
        lock (_lock)
        {
            if (!_isEnding && _lines.Count < MostWaiting && _text + line.Length <= MostText)
            {
                _lines.Enqueue(line);
                _text += line.Length;
                Monitor.Pulse(_lock);
                return;
            }

            _dropped++;
        }

        _countDropped();
    }

    private void Run()
    {
        while (TryTake(out string line))
        {
            try
            {
                _output.Write(Encoding.UTF8.GetBytes(line));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // A full disk, a file that was closed: nobody is left to be told.
                lock (_lock)
                {
                    _dropped++;
                }

                _countDropped();
            }
        }
    }

    /// <summary>Waits for the next. False at the end.</summary>
    private bool TryTake(out string line)
    {
        lock (_lock)
        {
            while (_lines.Count == 0 && !_isEnding)
            {
                Monitor.Wait(_lock);
            }

            if (_lines.TryDequeue(out string? next))
            {
                _text -= next.Length;
                line = _dropped > 0 ? _dropNotice(_dropped) + next : next;
                _dropped = 0;
                return true;
            }
        }

        line = "";
        return false;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isEnding = true;
            Monitor.Pulse(_lock);
        }

        _thread.Join(s_farewell);
    }
}
