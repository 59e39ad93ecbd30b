using System.Collections.Immutable;
using System.Diagnostics;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Scanning.Processes;

/// <summary>Processes of the real kernel that the scanner treats as unchanged without reading their stat.</summary>
public sealed class UnchangedProcessTests : IDisposable
{
    // An hour ahead, so that no process is young.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddHours(1));
    private readonly HostScanner _scanner;
    private readonly Process _shell;

    public UnchangedProcessTests()
    {
        _scanner = new HostScanner("/proc", static process => process.Comm, _time, NullLogger<HostScanner>.Instance);

        // Others of these tests may have descriptors without FD_CLOEXEC at this moment, which it inherits.
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; echo 1; while read line; do eval \"$line\"; echo 1; done"])
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scan_OtherProgramUnderTheSameName_ShowsWithinEightScans(bool hasAddresses)
    {
        Assert.True(hasAddresses ? Shows() : Privileges.Without(Shows, Privileges.SysPtrace));

        bool Shows()
        {
            using HostScanner scanner = new("/proc", static process => string.Join(' ', process.Arguments), _time, NullLogger<HostScanner>.Instance);
            Assert.DoesNotContain("payment", Scan(scanner).Facts.Group, StringComparison.Ordinal);
            Tell("exec sh -c 'echo 1; read line' payment");
            return Enumerable.Range(0, 8).Any(_ => Scan(scanner).Facts.Group.EndsWith("payment", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Scan_BusyProgram_IsNotReadAgain(bool hasAddresses)
    {
        int named = hasAddresses ? Count() : Privileges.Without(Count, Privileges.SysPtrace);

        // When it is first seen, and perhaps in its turn, which comes every 64 scans.
        Assert.InRange(named, 1, 2);

        int Count()
        {
            int count = 0;
            using HostScanner scanner = new("/proc", Name, _time, NullLogger<HostScanner>.Instance);
            for (int i = 0; i < 24; i++)
            {
                // A fork copies pages, each by a fault.
                Tell("x=$(echo 2); y=$(echo 3)");
                Scan(scanner);
            }

            return count;

            string Name(ProcessDescription process)
            {
                count += process.Id.Pid == _shell.Id ? 1 : 0;
                return process.Comm;
            }
        }
    }

    [Fact]
    public void Scan_ProcessThatIsGone_IsNotShown()
    {
        Scan();
        _shell.Kill();
        _shell.WaitForExit();
        Assert.DoesNotContain(ScanAll(), process => process.Id.Pid == _shell.Id);
    }

    private ProcessSample Scan() => Scan(_scanner);

    private ProcessSample Scan(HostScanner scanner) => Assert.Single(ScanAll(scanner), process => process.Id.Pid == _shell.Id);

    private ImmutableArray<ProcessSample> ScanAll() => ScanAll(_scanner);

    private ImmutableArray<ProcessSample> ScanAll(HostScanner scanner)
        => scanner.Scan(Collectors.Process, new Deadline(_time, TimeSpan.FromMinutes(1))).Processes!.Processes;

    private void Tell(string command)
    {
        _shell.StandardInput.WriteLine(command);
        AwaitAnswer();
    }

    private void AwaitAnswer() => Assert.Equal("1", _shell.StandardOutput.ReadLine());
}
