using FdExporter.Model;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Web.Serving;

/// <summary>Rejects unknown parameters: the client expects them to have an effect.</summary>
internal static class Parameters
{
    private const int LongestName = 30;

    /// <summary>False, with a one-line reason, if one is unknown or given twice.</summary>
    internal static bool Check(IQueryCollection query, IReadOnlyList<string> known, out string problem)
    {
        foreach ((string name, StringValues values) in query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problem = $"{Printable.Of(name.Length > LongestName ? name[..LongestName] : name)}: unknown parameter; {(known.Count == 0 ? "this path has none" : $"known are {string.Join(", ", known)}")}";
                return false;
            }

            if (values.Count > 1)
            {
                problem = $"{name}: given more than once";
                return false;
            }
        }

        problem = "";
        return true;
    }
}
