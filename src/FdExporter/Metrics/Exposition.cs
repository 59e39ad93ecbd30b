using System.Text;
using FdExporter.Grouping;
using Prometheus;

namespace FdExporter.Metrics;

/// <summary>
/// Writes several registries as one exposition, with families ordered by name. prometheus-net writes families in no order and ends the
/// OpenMetrics text of each registry with <c># EOF</c>.
/// </summary>
internal static class Exposition
{
    private static readonly byte[] s_eof = "# EOF\n"u8.ToArray();
    private static readonly byte[] s_infinity = " Infinity\n"u8.ToArray();
    private static readonly byte[] s_plusInf = " +Inf\n"u8.ToArray();

    /// <summary>The metrics of one scan, and the exporter's own.</summary>
    internal static Task<byte[]> WriteAsync(GroupedHost host, ExporterMetrics exporter, bool openMetrics)
        => WriteAsync(openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, SnapshotMetrics.Fill(host), exporter.Registry);

    /// <summary>
    /// The metrics of one scan for a file, without those of this process: it ends before they are read, and node_exporter rejects a file
    /// with names that are also its own.
    /// </summary>
    internal static Task<byte[]> WriteAsync(GroupedHost host) => WriteAsync(ExpositionFormat.PrometheusText, SnapshotMetrics.Fill(host, withProcess: false));

    internal static async Task<byte[]> WriteAsync(ExpositionFormat format, params CollectorRegistry[] registries)
    {
        using MemoryStream stream = new();
        foreach (CollectorRegistry registry in registries)
        {
            await registry.CollectAndExportAsTextAsync(stream, format).ConfigureAwait(false);
            if (format == ExpositionFormat.OpenMetricsText)
            {
                stream.SetLength(stream.Length - s_eof.Length);
            }
        }

        return Sort(stream.GetBuffer().AsSpan(0, (int)stream.Length), format == ExpositionFormat.OpenMetricsText);
    }

    internal static byte[] Sort(ReadOnlySpan<byte> text, bool openMetrics)
    {
        // A family begins with its HELP line. Newlines in label values are escaped, so no other line looks like one.
        List<(string Name, Range Family)> families = [];
        int start = 0;
        while (start < text.Length)
        {
            int next = text[(start + 1)..].IndexOf("\n# HELP "u8);
            int end = next < 0 ? text.Length : start + next + 2;
            ReadOnlySpan<byte> name = text[(start + "# HELP ".Length)..end];
            families.Add((Encoding.ASCII.GetString(name[..name.IndexOf((byte)' ')]), start..end));
            start = end;
        }

        families.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        byte[] sorted = new byte[text.Length + (openMetrics ? s_eof.Length : 0)];
        int length = 0;
        foreach ((_, Range family) in families)
        {
            length += CopyFamily(text[family], sorted.AsSpan(length));
        }

        if (openMetrics)
        {
            s_eof.CopyTo(sorted, length);
            length += s_eof.Length;
        }

        return sorted.AsSpan(0, length).ToArray();
    }

    /// <summary>
    /// prometheus-net writes infinity as .NET does; both formats require +Inf. The value of a sample follows the last blank of its line,
    /// and label values contain no newline.
    /// </summary>
    private static int CopyFamily(ReadOnlySpan<byte> family, Span<byte> target)
    {
        int length = 0;
        int next;
        while ((next = family.IndexOf(s_infinity)) >= 0)
        {
            family[..next].CopyTo(target[length..]);
            s_plusInf.CopyTo(target[(length + next)..]);
            length += next + s_plusInf.Length;
            family = family[(next + s_infinity.Length)..];
        }

        family.CopyTo(target[length..]);
        return length + family.Length;
    }
}
