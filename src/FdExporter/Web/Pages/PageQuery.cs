using Microsoft.AspNetCore.Http.Extensions;

namespace FdExporter.Web.Pages;

/// <summary>What a page was asked with, and the links that change one thing of it and keep the rest.</summary>
internal sealed class PageQuery(IReadOnlyDictionary<string, string> values)
{
    /// <summary>Longer values are cut: they come back in each link of the page.</summary>
    private const int LongestValue = 200;

    internal static PageQuery Of(IQueryCollection query, params IEnumerable<string> known)
    {
        Dictionary<string, string> values = [];
        foreach (string name in known)
        {
            string value = query[name].ToString();
            if (value.Length > 0)
            {
                values.Add(name, value.Length > LongestValue ? value[..LongestValue] : value);
            }
        }

        return new PageQuery(values);
    }

    internal string this[string name] => values.TryGetValue(name, out string? value) ? value : "";

    /// <summary>The other values, for a form that sends this one.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Without(params IReadOnlyList<string> names) => values.Where(each => !names.Contains(each.Key));

    /// <summary>The query with one value changed; an empty one is left out.</summary>
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
