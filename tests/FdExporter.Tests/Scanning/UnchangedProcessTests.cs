using System.Collections.Immutable;
using System.Diagnostics;
using FdExporter.Model;
using FdExporter.Scanning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning;

/// <summary>Processes of the real kernel that the scanner takes for unchanged without reading their stat.</summary>
public sealed class UnchangedProcessTests : IDisposable
{
    // An hour ahead, so that no process is young.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddHours(1));
    private readonly HostScanner _scanner;
    private readonly Process _shell;

    public UnchangedProcessTests()
    {
        _scanner = new HostScanner("/proc", static process => process.Comm, _time, NullLogger<HostScanner>.Instance);
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "echo 1; while read line; do eval \"$line\"; echo 1; done"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        AwaitAnswer();
    }

    public void Dispose()
    {
        _shell.Kill();
        _shell.WaitForExit();
        _shell.Dispose();
        _scanner.Dispose();
    }

    [Fact]
    public void Scan_Descriptors_AreCountedEachTime()
    {
        long before = Scan().OpenFds!.Value;
        for (int i = 1; i <= 5; i++)
        {
            Tell($"exec {i + 3}</dev/null");
            Assert.Equal(before + i, Scan().OpenFds);
        }
    }

    [Fact]
    public void Scan_NewName_ShowsWithinEightScans()
    {
        Assert.Equal("sh", Scan().Facts.Comm);
        Tell("printf payment > /proc/$$/comm");
        Assert.Contains(Enumerable.Range(0, 8), _ => Scan().Facts.Group == "payment");
    }

    [Fact]
    public void Scan_ProcessThatIsGone_IsNotShown()
    {
        Scan();
        _shell.Kill();
        _shell.WaitForExit();
        Assert.DoesNotContain(ScanAll(), process => process.Id.Pid == _shell.Id);
    }

    private ProcessSample Scan() => Assert.Single(ScanAll(), process => process.Id.Pid == _shell.Id);

    private ImmutableArray<ProcessSample> ScanAll()
        => _scanner.Scan(Collectors.Process, new Deadline(_time, TimeSpan.FromMinutes(1))).Processes!.Processes;

    private void Tell(string command)
    {
        _shell.StandardInput.WriteLine(command);
        AwaitAnswer();
    }

    private void AwaitAnswer() => Assert.Equal("1", _shell.StandardOutput.ReadLine());
}
