using System.Runtime.InteropServices;

namespace FdExporter.Diagnosis.History;

/// <summary>Selects the series to keep where there are too many.</summary>
internal sealed partial class HostHistory
{
    /// <summary>
    /// Adds new series after a scan has updated the others. Where there is no room, a new series replaces the one without an update for
    /// longest; if all were updated, the youngest of the tenant that has most.
    /// </summary>
    private void Admit(long minute)
    {
        Queue<HistoryKey>? dead = null;
        foreach ((HistoryKey key, long value, string tenant) in _newcomers)
        {
            if (_series.Count >= MostSeries)
            {
                dead ??= FindDead();
                if (dead.TryDequeue(out HistoryKey oldest))
                {
                    Remove(oldest);
                }
                else if (!TryTakeFromLargestTenant(tenant))
                {
                    continue;
                }
            }

            HistorySeries series = new(minute);
            series.Add(minute, value);
            _series.Add(key, new Kept(series, tenant, _round) { Round = _round });
            CollectionsMarshal.GetValueRefOrAddDefault(_tenants, tenant, out _)++;
            _most = null;
        }

        _newcomers.Clear();
    }

    private Queue<HistoryKey> FindDead() => new(_series
        .Where(each => each.Value.Round != _lastRound[(int)each.Key.Of])
        .OrderBy(static each => each.Value.Round)
        .Select(static each => each.Key));

    /// <summary>Removes its youngest, so that many programs of one tenant do not keep others out. False for that tenant itself.</summary>
    private bool TryTakeFromLargestTenant(string tenant)
    {
        (string most, int count) = _most ??= FindMost();
        if (count <= (tenant.Length > 0 ? _tenants.GetValueOrDefault(tenant) : 0) + 1)
        {
            return false;
        }

        Remove(_series.Where(each => each.Value.Tenant == most).MaxBy(static each => each.Value.Since).Key);
        return true;
    }

    private (string Tenant, int Count) FindMost()
    {
        (string most, int count) = ("", 0);
        foreach ((string tenant, int has) in _tenants)
        {
            (most, count) = tenant.Length > 0 && has > count ? (tenant, has) : (most, count);
        }

        return (most, count);
    }

    private void Remove(HistoryKey key)
    {
        _most = null;
        if (_series.Remove(key, out Kept kept) && --CollectionsMarshal.GetValueRefOrNullRef(_tenants, kept.Tenant) == 0)
        {
            _tenants.Remove(kept.Tenant);
        }
    }
}
