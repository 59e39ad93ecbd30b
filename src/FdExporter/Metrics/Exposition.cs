using System.Text;
using FdExporter.Grouping;
using Prometheus;

namespace FdExporter.Metrics;

/// <summary>
/// The text of several registries as one exposition, its families in the order of their names. prometheus-net writes
/// families in no order and ends each registry's OpenMetrics text with an <c># EOF</c> of its own.
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
    /// The metrics of one scan without those of this process, which has ended by the time they are read: node_exporter has metrics of the
    /// same names, and refuses a file with them.
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
        // A family begins at its HELP line; label values have their newlines escaped, so nothing else looks like one.
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
    /// prometheus-net spells infinity as .NET does; both formats want +Inf. A value is what stands between the last
    /// blank and the end of a line, and no label value holds a newline.
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
