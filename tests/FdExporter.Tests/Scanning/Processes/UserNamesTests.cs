using System.Diagnostics;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Files;
using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Processes;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Processes;

public sealed class UserNamesTests : IDisposable
{
    private readonly FixtureHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    [Needs("root")]
    public async Task PasswdOnADeadDisk_CostsOneWait_AndIsReadWhenItAnswers()
    {
        string folder = _host.PathOf("1/root/etc");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "passwd"), "app:x:4711:4711::/:/bin/sh\n");
        using FileThread files = new(TimeSpan.FromSeconds(1));
        using ProcFs procFs = ProcFs.Open(_host.Root);
        UserNames names;
        using (DeadDisk.Over(folder))
        {
            Stopwatch waited = Stopwatch.StartNew();
            names = new UserNames(procFs, TimeProvider.System, files);
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal("4711", names.NameOf(4711, out bool isKnown));
                Assert.False(isKnown);
            }

            Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
        }

        await Eventually.TrueAsync(() => names.NameOf(4711) == "app", () => names.NameOf(4711));
    }
}
