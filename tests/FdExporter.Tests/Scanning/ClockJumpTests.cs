using FdExporter.Accounts.Naming;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;
using FdExporter.Metrics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning;

/// <summary>The clock of the machine is set while the exporter runs. Elapsed time is measured by another clock and not affected.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private readonly FixtureHost _host = new();
    private readonly SetTime _time = new();

    public void Dispose() => _host.Dispose();

    public static TheoryData<DateTimeOffset> Clocks =>
    [
        DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(56), DateTimeOffset.UnixEpoch.AddYears(69), DateTimeOffset.MaxValue,
    ];

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task ClockSet_NumbersStay_AndNoScanRunsOutOfTime(DateTimeOffset clock)
    {
        using HostScanner scanner = new(_host.Root, ProgramName.Of, _time, NullLogger<HostScanner>.Instance);
        HostHistory history = new(_time);
        HostGrouper grouper = new(new GroupLimits(20, 200, 50, 100));
        Deadline deadline = new(_time, TimeSpan.FromMinutes(5));
        string before = await TextAsync();
        _time.Clock = clock;
        Assert.False(deadline.HasPassed);
        Assert.Equal(before, await TextAsync());

        // Until the facts of a process have been read again, and beyond.
        for (int i = 0; i < 70; i++)
        {
            scanner.Scan(Collectors.All, deadline);
        }

        Assert.Equal(before, await TextAsync());

        async Task<string> TextAsync()
        {
            HostSnapshot snapshot = scanner.Scan(Collectors.All, deadline);
            Assert.All(snapshot.Outcomes, static outcome => Assert.True(outcome.Success, outcome.Error));
            GroupedHost host = grouper.Group(snapshot);
            history.Add(host);
            string text = System.Text.Encoding.UTF8.GetString(await new Scrape(host, new ExporterMetrics()).WriteAsync(MetricsFormat.Text));

            // The duration of the scan itself differs each time.
            return string.Join('\n', text.Split('\n').Where(static line =>
                !line.StartsWith("process_", StringComparison.Ordinal)
                && !line.StartsWith("fd_exporter_collector_duration_seconds", StringComparison.Ordinal)
                && !line.StartsWith("fd_exporter_walked_fds", StringComparison.Ordinal)));
        }
    }

    /// <summary>A clock that is only set; no time passes, or sockets would become a second older on a busy machine.</summary>
    private sealed class SetTime : TimeProvider
    {
        internal DateTimeOffset Clock { get; set; } = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Clock;

        public override long GetTimestamp() => 1;
    }
}
