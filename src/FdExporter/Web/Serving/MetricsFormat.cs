using Microsoft.Net.Http.Headers;

namespace FdExporter.Web.Serving;

/// <summary>One of the two text formats, as negotiated by <c>Accept</c>.</summary>
internal sealed record MetricsFormat(string ContentType, string MediaType, string[] Versions)
{
    internal static readonly MetricsFormat Text = new(
        "text/plain; version=0.0.4; charset=utf-8", "text/plain", ["0.0.4"]);

    internal static readonly MetricsFormat OpenMetrics = new(
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text",
        ["1.0.0", "0.0.1"]);

    /// <summary>
    /// The format that the client prefers; the text format on a tie, if it accepts neither, or if the header is invalid: an old client can
    /// use text, but not an error.
    /// </summary>
    internal static MetricsFormat Negotiate(IList<string>? accept)
    {
        if (accept is not { Count: > 0 } || !MediaTypeHeaderValue.TryParseList(accept, out IList<MediaTypeHeaderValue>? ranges))
        {
            return Text;
        }

        (double Quality, int Precision) text = Text.PreferenceIn(ranges);
        (double Quality, int Precision) openMetrics = OpenMetrics.PreferenceIn(ranges);
        return openMetrics.Quality > 0 && openMetrics.CompareTo(text) > 0 ? OpenMetrics : Text;
    }

    // The most specific range decides (RFC 9110), then the best quality.
    private (double Quality, int Precision) PreferenceIn(IList<MediaTypeHeaderValue> ranges)
    {
        (double Quality, int Precision) best = (0, -1);
        foreach (MediaTypeHeaderValue range in ranges)
        {
            int precision = PrecisionOf(range);
            double quality = range.Quality ?? 1;
            if (precision > best.Precision || (precision == best.Precision && quality > best.Quality))
            {
                best = (quality, precision);
            }
        }

        return best.Precision < 0 ? (0, 0) : best;
    }

    /// <summary>-1: does not match; 0: any type; 1: any subtype; 2: this type; 3: this type and version.</summary>
    private int PrecisionOf(MediaTypeHeaderValue range)
    {
        if (range.MatchesAllTypes)
        {
            return 0;
        }

        int slash = MediaType.IndexOf('/', StringComparison.Ordinal);
        if (range.MatchesAllSubTypes)
        {
            return range.Type.Equals(MediaType[..slash], StringComparison.OrdinalIgnoreCase) ? 1 : -1;
        }

        if (!range.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return -1;
        }

        foreach (NameValueHeaderValue parameter in range.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            {
                // Another version is another format: text/plain;version=1.0.0 may quote names, which we do not.
                return Versions.Contains(HeaderUtilities.RemoveQuotes(parameter.Value).ToString()) ? 3 : -1;
            }
        }

        return 2;
    }
}
