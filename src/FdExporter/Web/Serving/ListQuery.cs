using System.Globalization;
using FdExporter.Diagnosis;

namespace FdExporter.Web.Serving;

/// <summary>The requested part of a list: <c>?q=TEXT&amp;offset=N&amp;limit=N</c>, and <c>&amp;sort=ORDER</c> where it has several orders.</summary>
/// <param name="Filter">Text that an entry must contain; empty for all.</param>
internal sealed record ListQuery(string Filter, ProcessOrder Order, int Offset, int Limit)
{
    internal const int MostAtOnce = 1000;

    /// <summary>Unit: characters. A list with long texts is cut before its limit of entries.</summary>
    internal const int MostText = 512 * 1024;

    private const int LongestFilter = 200;

    private static readonly string[] s_known = ["q", "offset", "limit"];
    private static readonly string[] s_knownOfOrdered = ["q", "sort", "offset", "limit"];

    /// <summary>Values of <c>sort</c>, in the order of <see cref="ProcessOrder"/>.</summary>
    internal static IReadOnlyList<string> Orders => ProcessOrderNames.All;

    /// <summary>False, with a one-line reason, if a parameter is invalid.</summary>
    /// <param name="isOrdered">Whether the list has several orders.</param>
    internal static bool TryRead(IQueryCollection query, bool isOrdered, int defaultLimit, out ListQuery list, out string problem)
    {
        list = new ListQuery("", ProcessOrder.Fds, 0, defaultLimit);
        if (!Parameters.Check(query, isOrdered ? s_knownOfOrdered : s_known, out problem))
        {
            return false;
        }

        string filter = query["q"].ToString();
        if (filter.Length > LongestFilter)
        {
            problem = $"q: longer than {LongestFilter} characters";
            return false;
        }

        string order = query["sort"].ToString();
        int index = order.Length == 0 ? 0 : Orders.ToList().IndexOf(order);
        if (index < 0)
        {
            problem = $"sort: not one of {string.Join(", ", Orders)}";
            return false;
        }

        if (!TryReadNumber(query["offset"].ToString(), 0, 0, int.MaxValue, out int offset))
        {
            problem = "offset: not a number";
            return false;
        }

        if (!TryReadNumber(query["limit"].ToString(), defaultLimit, 1, MostAtOnce, out int limit))
        {
            problem = $"limit: not a number from 1 to {MostAtOnce}";
            return false;
        }

        list = new ListQuery(filter, (ProcessOrder)index, offset, limit);
        return true;
    }

    /// <summary>The requested part of the matching entries, and the number of matches.</summary>
    internal (IReadOnlyList<T> Part, int Total) Of<T>(IReadOnlyCollection<T> matching) => ([.. matching.Skip(Offset).Take(Limit)], matching.Count);

    private static bool TryReadNumber(string text, int byDefault, int least, int most, out int number)
    {
        number = byDefault;
        return text.Length == 0
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }
}
