using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>CLOSE_WAIT sockets of one program to one address, added up.</summary>
internal struct CloseWaitSums
{
    private CloseWaitCauseCounts _causes;
    private TimeSpan _oldest;
    private CloseWaitAges _aged;

    internal readonly long Total => _causes.Total;

    internal readonly TimeSpan Oldest => _oldest;

    /// <summary>One bit for each cause.</summary>
    internal readonly int SeenCauses
    {
        get
        {
            int seen = 0;
            for (int cause = 0; cause < CloseWaitCauseCounts.Length; cause++)
            {
                seen |= _causes[cause] > 0 ? 1 << cause : 0;
            }

            return seen;
        }
    }

    internal void Add(in ConnectionSample sample)
    {
        _causes[sample.Cause] += sample.Count;
        AddAges(sample.Oldest, sample.Aged);
    }

    /// <param name="age">Null for a socket that still serves its peer.</param>
    internal void Add(CloseWaitCause cause, TimeSpan? age)
    {
        _causes[cause]++;
        CloseWaitAges aged = default;
        if (age is { } known)
        {
            aged.Count(known);
        }

        AddAges(age ?? default, aged);
    }

    internal void Add(in CloseWaitSums sums)
    {
        _causes.Add(in sums._causes);
        AddAges(sums._oldest, sums._aged);
    }

    /// <param name="endpoint">Null for the folded rest.</param>
    /// <param name="shownCauses">One bit for each cause; the others have no number, not even 0.</param>
    internal readonly CloseWaitGroup ToGroup(string group, ConnectionDirection direction, ConnectionAddress? endpoint, int shownCauses)
    {
        long?[] causes = new long?[CloseWaitCauseCounts.Length];
        for (int cause = 0; cause < causes.Length; cause++)
        {
            causes[cause] = (shownCauses & (1 << cause)) != 0 ? _causes[cause] : null;
        }

        return new CloseWaitGroup(group, direction, endpoint?.ToString() ?? GroupSample.Other, causes, _oldest, _aged);
    }

    private void AddAges(TimeSpan oldest, in CloseWaitAges aged)
    {
        _oldest = oldest > _oldest ? oldest : _oldest;
        _aged.Add(in aged);
    }
}
