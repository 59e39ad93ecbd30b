using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Web.Serving;

/// <summary>Time limits of a scrape, from the header that Prometheus sends.</summary>
/// <param name="Budget">For the scan: the scraper's timeout minus the offset, at least <see cref="Least"/>.</param>
/// <param name="Answer">For the answer: a little more, so that a scan which stops at its deadline is still reported.</param>
internal readonly record struct ScrapeTimeout(TimeSpan Budget, TimeSpan Answer)
{
    internal const string Header = "X-Prometheus-Scrape-Timeout-Seconds";

    /// <summary>The scan is shared with others, so shorter timeouts are raised to this value.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>False if the header is present and not a positive number of seconds.</summary>
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

        // An offset longer than the timeout must leave some time.
        TimeSpan margin = offset < granted / 2 ? offset : granted / 2;
        TimeSpan budget = granted - margin;
        timeout = new ScrapeTimeout(budget > Least ? budget : Least, granted - (margin / 2));
        return true;
    }
}
