namespace FdExporter.Web.Pages;

/// <summary>Rows of a table that are alike: the first few are shown, the others are added up in one row.</summary>
/// <param name="KeyOf">Rows with the same key are alike; null for a row that is always shown.</param>
/// <param name="Sum">Writes what the others have together, over all columns.</param>
internal sealed record RowFold<T>(Func<T, string?> KeyOf, Action<Html, IReadOnlyList<T>> Sum)
{
    /// <summary>Of each key. A single other one is shown as well, since its sum would take as much space.</summary>
    private const int MostShown = 3;

    /// <summary>The rows in the same order, alone or with those that are added up, in the place of the first of these.</summary>
    internal List<List<T>> Of(IEnumerable<T> rows)
    {
        List<List<T>> entries = [];
        Dictionary<string, (int Count, List<T> Last)> alike = [];
        foreach (T row in rows)
        {
            if (KeyOf(row) is not { } key)
            {
                entries.Add([row]);
                continue;
            }

            (int count, List<T>? last) = alike.GetValueOrDefault(key);
            if (last is null || count <= MostShown)
            {
                entries.Add(last = []);
            }

            last.Add(row);
            alike[key] = (count + 1, last);
        }

        return entries;
    }
}
