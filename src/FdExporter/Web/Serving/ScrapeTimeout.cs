using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Web.Serving;

/// <summary>How long a scrape may take, by the header that Prometheus sends.</summary>
/// <param name="Budget">For the scan: what the scraper grants, less the offset, and never less than <see cref="Least"/>.</param>
/// <param name="Answer">For the answer: a little more, so that a scan which stops at its deadline is still told of.</param>
internal readonly record struct ScrapeTimeout(TimeSpan Budget, TimeSpan Answer)
{
    internal const string Header = "X-Prometheus-Scrape-Timeout-Seconds";

    /// <summary>Others share the scan. A timeout below this, meant or not, is taken for this.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>False when the header is there and is not a positive number of seconds.</summary>
    internal static bool TryParse(StringValues header, TimeSpan offset, out ScrapeTimeout timeout)
    {
        timeout = default;
        TimeSpan granted = s_default;
        if (header.Count > 0)
        {
            if (header.Count != 1
                || !double.TryParse(header[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
                || !(seconds > 0))
            {
                return false;
            }

            granted = TimeSpan.FromSeconds(Math.Clamp(seconds, Least.TotalSeconds, s_longest.TotalSeconds));
        }

        // An offset longer than the timeout itself must not leave nothing.
        TimeSpan margin = offset < granted / 2 ? offset : granted / 2;
        TimeSpan budget = granted - margin;
        timeout = new ScrapeTimeout(budget > Least ? budget : Least, granted - (margin / 2));
        return true;
    }
}
