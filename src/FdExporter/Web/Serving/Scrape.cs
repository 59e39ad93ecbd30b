using FdExporter.Grouping;
using FdExporter.Metrics;

namespace FdExporter.Web.Serving;

/// <summary>One scan and its texts. All scrapes that shared the scan get identical bytes; each format is written once, on first use.</summary>
internal sealed class Scrape
{
    private readonly Lazy<Task<byte[]>> _text;
    private readonly Lazy<Task<byte[]>> _openMetrics;

    internal Scrape(GroupedHost host, ExporterMetrics exporter)
    {
        Host = host;
        _text = new Lazy<Task<byte[]>>(() => Exposition.WriteAsync(host, exporter, openMetrics: false));
        _openMetrics = new Lazy<Task<byte[]>>(() => Exposition.WriteAsync(host, exporter, openMetrics: true));
    }

    internal GroupedHost Host { get; }

    internal Task<byte[]> WriteAsync(MetricsFormat format) => (format == MetricsFormat.OpenMetrics ? _openMetrics : _text).Value;
}
