using System.Globalization;
using System.Text;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>One of many machines of a kind: the recorded answer with its own pids and with numbers that change with each scrape.</summary>
internal sealed class SimulatedHost
{
    private const int MostPids = 4_194_304;
    private const int LeakingInAHundred = 5;

    /// <summary>One in this many top processes restarts with a new pid between two scrapes: at 15 s, each restarts once in 8 hours.</summary>
    private const int ScrapesOfAProcess = 2000;

    private readonly RecordedHost _recorded;
    private readonly int _number;
    private readonly Random _random;
    private readonly double[] _values;
    private readonly string[] _texts;
    private readonly Dictionary<int, int> _pids = [];

    internal SimulatedHost(RecordedHost recorded, int number)
    {
        _recorded = recorded;
        _number = number;
        _random = new Random(number);
        _values = [.. recorded.Lines.Select(static line => line.Value)];
        _texts = new string[recorded.Lines.Count];
        foreach (int pid in recorded.Lines.Select(static line => line.Pid).Distinct())
        {
            _pids[pid] = (pid + (number * 7919)) % MostPids;
        }

        Name();
    }

    internal string Instance => FormattableString.Invariant($"{_recorded.Kind.Name}-{_number:0000}:10070");

    /// <summary>The next answer.</summary>
    /// <param name="seconds">Time since the previous answer.</param>
    /// <param name="at">Adds the instance and this time to each series and omits comments, for a backfill. Unit: seconds since the epoch.</param>
    internal string Answer(double seconds, long? at = null)
    {
        Restart();
        StringBuilder text = new(_recorded.Text.Length + 1024);
        bool leaks = _number % 100 < LeakingInAHundred;
        for (int i = 0; i < _texts.Length; i++)
        {
            MovingSeries line = _recorded.Lines[i];
            if (!line.IsSeries)
            {
                _ = at is null ? text.Append(line.Text).Append('\n') : text;
                continue;
            }

            _values[i] = line.Next(_values[i], seconds, leaks, _random);
            _ = at is null ? text.Append(_texts[i]) : text.Append(WithInstance(_texts[i]));
            text.Append(' ').Append(double.IsPositiveInfinity(_values[i]) ? "+Inf" : _values[i].ToString(CultureInfo.InvariantCulture));
            _ = at is { } time ? text.Append(' ').Append(time) : text;
            text.Append('\n');
        }

        return text.ToString();
    }

    private void Restart()
    {
        bool changed = false;
        foreach (int pid in _pids.Keys)
        {
            if (pid != 0 && _random.Next(ScrapesOfAProcess) == 0)
            {
                _pids[pid] = (_pids[pid] + 104_729) % MostPids;
                changed = true;
            }
        }

        if (changed)
        {
            Name();
        }
    }

    private void Name()
    {
        for (int i = 0; i < _texts.Length; i++)
        {
            _texts[i] = _recorded.Lines[i].TextWith(_pids[_recorded.Lines[i].Pid]);
        }
    }

    private string WithInstance(string text)
        => text.EndsWith('}') ? $"{text[..^1]},instance=\"{Instance}\",job=\"fd-exporter\"}}" : $"{text}{{instance=\"{Instance}\",job=\"fd-exporter\"}}";
}
