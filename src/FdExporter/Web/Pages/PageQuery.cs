using Microsoft.AspNetCore.Http.Extensions;

namespace FdExporter.Web.Pages;

/// <summary>The query of a page, and links that change one value of it.</summary>
internal sealed class PageQuery(IReadOnlyDictionary<string, string> values)
{
    /// <summary>Longer values are cut, because each link of the page contains them.</summary>
    private const int LongestValue = 200;

    internal static PageQuery Of(IQueryCollection query, params IEnumerable<string> known)
    {
        Dictionary<string, string> values = [];
        foreach (string name in known)
        {
            string value = query[name].ToString();
            if (value.Length > 0)
            {
                values.Add(name, Cut(value));
            }
        }

        return new PageQuery(values);
    }

    /// <summary>A value as a link contains it.</summary>
    internal static string Cut(string value) => value.Length > LongestValue ? value[..LongestValue] : value;

    internal string this[string name] => values.TryGetValue(name, out string? value) ? value : "";

    /// <summary>All values but these.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Without(params IReadOnlyList<string> names) => values.Where(each => !names.Contains(each.Key));

    /// <summary>The query with one value changed; an empty value is omitted.</summary>
    internal string With(string name, string value)
    {
        QueryBuilder query = new(name == "q" ? Without(name, "offset") : Without(name));
        if (value.Length > 0)
        {
            query.Add(name, value);
        }

        string text = query.ToString();
        return text.Length > 0 ? text : "?";
    }
}
