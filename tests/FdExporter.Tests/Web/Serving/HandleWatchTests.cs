using FdExporter.Linux.Native;
using FdExporter.Metrics;
using FdExporter.Self;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace FdExporter.Tests.Web.Serving;

[Collection(Alone.Name)]
public sealed class HandleWatchTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HandleReserve _reserve;
    private readonly ExporterMetrics _exporter = new();
    private readonly ListLogger<HandleWatch> _log = new();
    private readonly HandleWatch _watch;

    public HandleWatchTests()
    {
        _reserve = new HandleReserve(_time);
        _watch = new HandleWatch(_reserve, _exporter, _time, _log);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _reserve.Dispose();
    }

    [Fact]
    public async Task Refusals_AreEachCounted_AndLoggedOnce()
    {
        for (int i = 0; i < 3; i++)
        {
            _reserve.Descriptors.TryGiveUp(Libc.EMFILE);
        }

        _reserve.Descriptors.TryGiveUp(Libc.ENFILE);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(["Warning No file handles left, answering from the reserve limit=own"], Lines);
        string text = System.Text.Encoding.UTF8.GetString(await Exposition.WriteAsync(ExpositionFormat.PrometheusText, _exporter.Registry));
        Assert.Contains("fd_exporter_handles_refused_total{limit=\"own\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("fd_exporter_handles_refused_total{limit=\"system\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserve_IsFilledAsSoonAsThereAreHandles()
    {
        _reserve.Descriptors.TryGiveUp(Libc.EMFILE);
        int left = _reserve.Descriptors.Count;
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(left + 1, _reserve.Descriptors.Count);
    }

    [Fact]
    public void HandlesThatComeAndGo_AreOneShortage_UntilNoneIsRefusedForAWhile()
    {
        for (int i = 0; i < 20; i++)
        {
            _reserve.Descriptors.TryGiveUp(Libc.ENFILE);
            Pass(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(["Warning No file handles left, answering from the reserve limit=system"], Lines);
        Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("Information File handles available again seconds=62", Lines[^1]);

        // The next one is a separate shortage.
        _reserve.Descriptors.TryGiveUp(Libc.EMFILE);
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(4, Lines.Length);
    }

    private string[] Lines => [.. _log.Lines.Select(static line => line.Split(" {OriginalFormat}")[0])];

    private void Pass(TimeSpan time)
    {
        for (TimeSpan step = TimeSpan.FromMilliseconds(100); time > TimeSpan.Zero; time -= step)
        {
            _time.Advance(step);
        }
    }
}
