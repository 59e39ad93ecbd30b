using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// Which thresholds are crossed, and of which that is written down. A crossing is forgotten when it has been gone for a
/// while, so that a number which swings around its threshold is one crossing; it is written down again when it has become more
/// severe. One call at a time.
/// </summary>
internal sealed class Crossings(TimeProvider time)
{
    /// <summary>So long a finding must have been absent before it is a new crossing.</summary>
    internal static readonly TimeSpan RearmAfter = TimeSpan.FromMinutes(10);

    /// <summary>While so many are remembered and none of them is absent, no further one is written down.</summary>
    internal const int MostRemembered = 1000;

    private readonly Dictionary<Key, Crossing> _remembered = [];

    internal int Count => _remembered.Count;

    /// <summary>Those of a verdict's findings that are still to be written down.</summary>
    /// <param name="findings">Each with a culprit.</param>
    /// <param name="isWhole">Whether what is not among them is absent: nobody looked for what a scan left out.</param>
    internal IReadOnlyList<Finding> Unwritten(IReadOnlyList<Finding> findings, bool isWhole)
    {
        HashSet<Key> present = [.. findings.Select(KeyOf)];
        foreach ((Key key, Crossing crossing) in _remembered)
        {
            if (crossing.AbsentSince is { } since && time.GetElapsedTime(since) >= RearmAfter)
            {
                _remembered.Remove(key);
            }
            else if (present.Contains(key))
            {
                crossing.AbsentSince = null;
            }
            else if (isWhole)
            {
                crossing.AbsentSince ??= time.GetTimestamp();
            }
        }

        foreach (Key key in present)
        {
            if (!_remembered.ContainsKey(key) && (_remembered.Count < MostRemembered || TryForgetOne()))
            {
                _remembered.Add(key, new Crossing());
            }
        }

        return [.. findings.Where(finding => _remembered.TryGetValue(KeyOf(finding), out Crossing? crossing) && (crossing.Written is not { } written || written > finding.Severity))];
    }

    internal void SetWritten(Finding finding)
    {
        if (_remembered.TryGetValue(KeyOf(finding), out Crossing? crossing))
        {
            crossing.Written = finding.Severity;
        }
    }

    /// <summary>Makes room by forgetting what has been absent for longest; false when all of it is there.</summary>
    private bool TryForgetOne()
    {
        Key? oldest = _remembered
            .Where(static each => each.Value.AbsentSince is not null)
            .OrderBy(static each => each.Value.AbsentSince)
            .Select(static each => (Key?)each.Key)
            .FirstOrDefault();
        return oldest is { } key && _remembered.Remove(key);
    }

    private static Key KeyOf(Finding finding) => new(finding.Rule, finding.Subject, finding.Culprit!.Value);

    private readonly record struct Key(string Rule, string Subject, ProcessId Culprit);

    private sealed class Crossing
    {
        /// <summary>How severe it was when it was last written down; null until it is.</summary>
        internal Severity? Written { get; set; }

        /// <summary>Timestamp; null while it is there.</summary>
        internal long? AbsentSince { get; set; }
    }
}
