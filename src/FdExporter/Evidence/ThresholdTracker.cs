using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>
/// Which thresholds are crossed, and of which that is written down. A crossing is forgotten when it has been gone for a
/// while, so that a number which swings around its threshold is one crossing; it is written down again when it has become more
/// severe. What is remembered is shared by owners: many crossings of one do not keep another's from being seen. One call at a time.
/// </summary>
internal sealed class ThresholdTracker(TimeProvider time)
{
    /// <summary>So long a finding must have been absent before it is a new crossing.</summary>
    internal static readonly TimeSpan RearmAfter = TimeSpan.FromMinutes(10);

    /// <summary>While so many are remembered and none of them is absent, no further one is written down.</summary>
    internal const int MostRemembered = 1000;

    private readonly Dictionary<Key, Crossing> _remembered = [];
    private readonly Dictionary<string, int> _byOwner = new(StringComparer.Ordinal);

    internal int Count => _remembered.Count;

    /// <summary>Those of a verdict's findings that are still to be written down.</summary>
    /// <param name="findings">Each with a culprit.</param>
    /// <param name="isWhole">Whether what is not among them is absent: nobody looked for what a scan left out.</param>
    /// <param name="ownerOf">Whose process it is.</param>
    internal IReadOnlyList<Finding> GetUnrecorded(IReadOnlyList<Finding> findings, bool isWhole, Func<ProcessId, string> ownerOf)
    {
        HashSet<Key> present = [.. findings.Select(KeyOf)];
        foreach ((Key key, Crossing crossing) in _remembered)
        {
            if (crossing.AbsentSince is { } since && time.GetElapsedTime(since) >= RearmAfter)
            {
                Forget(key);
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

        HashSet<string> without = [];
        foreach (Key key in present.Where(key => !_remembered.ContainsKey(key)))
        {
            string owner = ownerOf(key.Culprit);
            if (_remembered.Count < MostRemembered || (!without.Contains(owner) && TryForgetOneFor(owner)))
            {
                _remembered.Add(key, new Crossing(owner));
                _byOwner[owner] = _byOwner.GetValueOrDefault(owner) + 1;
            }
            else
            {
                without.Add(owner);
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

    /// <summary>It has crossed and waits. True the first time.</summary>
    internal bool SetPostponed(Finding finding)
        => _remembered.TryGetValue(KeyOf(finding), out Crossing? crossing) && !crossing.IsPostponed && (crossing.IsPostponed = true);

    /// <summary>Makes room by forgetting what has been absent for longest, else one of who has many more; false where nobody has.</summary>
    private bool TryForgetOneFor(string owner)
    {
        (string most, int count) = _byOwner.MaxBy(static each => each.Value);
        if (_remembered.Values.Any(static each => each.AbsentSince is not null))
        {
            Forget(_remembered.Where(static each => each.Value.AbsentSince is not null).MinBy(static each => each.Value.AbsentSince).Key);
            return true;
        }

        if (count <= _byOwner.GetValueOrDefault(owner) + 1)
        {
            return false;
        }

        Forget(_remembered.First(each => each.Value.Owner == most).Key);
        return true;
    }

    private void Forget(Key key)
    {
        if (_remembered.Remove(key, out Crossing? crossing) && --_byOwner[crossing.Owner] == 0)
        {
            _byOwner.Remove(crossing.Owner);
        }
    }

    private static Key KeyOf(Finding finding) => new(finding.Rule, finding.Subject, finding.Culprit!.Value);

    private readonly record struct Key(string Rule, string Subject, ProcessId Culprit);

    private sealed class Crossing(string owner)
    {
        internal string Owner { get; } = owner;

        internal bool IsPostponed { get; set; }

        /// <summary>How severe it was when it was last written down; null until it is.</summary>
        internal Severity? Written { get; set; }

        /// <summary>Timestamp; null while it is there.</summary>
        internal long? AbsentSince { get; set; }
    }
}
