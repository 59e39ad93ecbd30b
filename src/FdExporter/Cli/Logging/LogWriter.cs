using System.Text;

namespace FdExporter.Cli.Logging;

/// <summary>
/// Writes lines on a thread of its own, so that logging never waits: a write blocks on a full pipe, a hanging journal or a paused
/// terminal. Lines that do not fit into the queue are dropped and counted; a notice follows when writing works again.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int MaxLines = 1000;

    /// <summary>Unit: characters.</summary>
    private const int MaxText = 256 * 1024;

    /// <summary>Maximum time to write queued lines when the program ends.</summary>
    private static readonly TimeSpan s_drainTimeout = TimeSpan.FromSeconds(1);

    private readonly Stream _output;
    private readonly Func<long, string> _dropNotice;
    private readonly Action _countDropped;
    private readonly Thread _thread;
    private readonly object _lock = new();

    /// <summary>This and the next three are guarded by <see cref="_lock"/>.</summary>
    private readonly Queue<string> _lines = [];
    private int _text;
    private long _dropped;
    private bool _isEnding;

    /// <param name="dropNotice">The line that says how many were dropped.</param>
    /// <param name="countDropped">Called for each dropped line, on the thread that logs or writes.</param>
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
            if (!_isEnding && _lines.Count < MaxLines && _text + line.Length <= MaxText)
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
                // A full disk or a closed file: the error cannot be logged either.
                lock (_lock)
                {
                    _dropped++;
                }

                _countDropped();
            }
        }
    }

    /// <summary>Waits for the next line. False at the end.</summary>
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

        _thread.Join(s_drainTimeout);
    }
}
