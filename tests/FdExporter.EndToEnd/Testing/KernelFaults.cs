using System.IO.MemoryMappedFiles;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// A kernel that refuses one exporter what a test chooses, and serves all other programs: Faults/kernel-faults.c answers
/// its system calls. Really filling the machine's table of handles would harm other programs.
/// </summary>
public sealed class KernelFaults : IAsyncLifetime
{
    private const int Length = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private MemoryMappedFile? _file;
    private MemoryMappedViewAccessor? _control;

    internal enum NetlinkFault
    {
        None,

        /// <summary>No netlink sockets can be created, and existing ones cannot be used.</summary>
        Forbidden,

        /// <summary>The kernel marks every dump as interrupted by a change.</summary>
        Interrupted,

        /// <summary>Each datagram is truncated.</summary>
        CutOff,
    }

    /// <summary>Whether another process takes each handle that the exporter closes.</summary>
    internal bool Thieves
    {
        set => Set(2, value ? 1 : 0);
    }

    internal NetlinkFault Netlink
    {
        set => Set(3, (long)value);
    }

    /// <summary>The read of a scan this many reads from now fails, once; for an exporter that was started <see cref="WithReads"/>.</summary>
    internal int FailingRead
    {
        set
        {
            Set(6, 0);
            Set(5, value);
        }
    }

    /// <summary>Whether that read has yet to fail.</summary>
    internal bool IsReadToFail => _control!.ReadInt64(5 * sizeof(long)) > 0;

    /// <summary>The start of a command that becomes another program whose reads are counted.</summary>
    internal string[] WithReads => ["env", "KERNEL_FAULTS_READS=1", Binary, Control];

    /// <summary>Number of system calls that were not answered by the kernel.</summary>
    internal long Answered => _control!.ReadInt64(4 * sizeof(long));

    private string Binary => Path.Combine(_folder, "kernel-faults");

    private string Control => Path.Combine(_folder, "control");

    public async ValueTask InitializeAsync()
    {
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "kernel-faults.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-o", Binary, source);
        Assert.True(exitCode == 0, error);
        _file = MemoryMappedFile.CreateFromFile(Control, FileMode.CreateNew, null, Length);
        _control = _file.CreateViewAccessor();
    }

    internal Task<Exporter> StartAsync(string exporter, params IEnumerable<string> arguments)
        => Exporter.StartAsAsync(Binary, [Control, exporter, .. arguments]);

    /// <summary>From now on the machine's table is full for the exporter: it has what it holds now and no more.</summary>
    internal void FillTable(Exporter exporter)
    {
        Set(1, exporter.Fds.Length);
        Set(0, 1);
    }

    internal void EmptyTable() => Set(0, 0);

    private void Set(int number, long value) => _control!.Write(number * sizeof(long), value);

    public ValueTask DisposeAsync()
    {
        _control?.Dispose();
        _file?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
