using System.Diagnostics;
using System.Runtime.InteropServices;
using FdExporter.EndToEnd.Testing;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>Handles without a descriptor, of this process and of the real kernel.</summary>
public partial class OutsideWalkTests
{
    private const int Count = 300;
    private const int ReadShared = 1;

    [Fact]
    public void FilesThatAreMappedAndClosed_AreCounted_AndPartsOfOneAreOne()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("fd-exporter-test-").FullName, "data");
        List<nint> mappings = [];
        try
        {
            File.WriteAllBytes(path, new byte[4 * Environment.SystemPageSize]);
            long before = MappedOf(Environment.ProcessId);
            for (int i = 0; i < Count; i++)
            {
                using FileStream file = File.OpenRead(path);
                mappings.Add(Map(file, offset: 0));

                // A second part through the same open file is no second handle.
                mappings.Add(Map(file, offset: 2));
            }

            // Others run meanwhile, and the runtime maps some memory as files.
            Assert.InRange(MappedOf(Environment.ProcessId) - before, Count - 20, Count + 20);
        }
        finally
        {
            mappings.ForEach(static address => _ = munmap(address, (nuint)Environment.SystemPageSize));
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    /// <summary>A process without shared memory of its own: its libraries are not counted.</summary>
    [Fact]
    public async Task Libraries_AreLeftOut()
    {
        // Other locales are mapped files.
        await using Child sleep = Child.Start("env", "LC_ALL=C", "sleep", "60");
        await Eventually.TrueAsync(() => Task.FromResult(MappedOf(sleep.Pid) <= 2), () => "counts libraries");
    }

    /// <summary>The creator, ipcmk, has ended.</summary>
    [Fact]
    [Needs("ipcmk", "ipcrm")]
    public async Task SharedMemory_IsCountedForItsOwner_OnceItsCreatorHasEnded()
    {
        long Segments() => Find(Environment.ProcessId).Holders.Where(static holder => holder.Kind == OutsideKind.SharedMemory).Sum(static holder => holder.Count);
        long before = Segments();
        string made = await RunAsync("ipcmk", "-M", "4096");
        string id = made.Split(':')[^1].Trim();
        try
        {
            Assert.Equal(before + 1, Segments());
            OutsideHolder holder = Find(Environment.ProcessId).Holders.Single(static holder => holder.Kind == OutsideKind.SharedMemory && holder.Group.StartsWith("uid ", StringComparison.Ordinal));
            Assert.Null(holder.First);
        }
        finally
        {
            await RunAsync("ipcrm", "-m", id);
        }
    }

    [Theory]
    [InlineData("         0      32770   600                  4096   711   711      1  1000  1001  1002  1003 0 0 0 0 0", 711, 1000)]
    [InlineData("0 1 600 4096 711 711 1", -1, 0)]
    [InlineData("0 1 600 4096 99999999999 711 1 0", -1, 0)]
    public void SharedMemory_IsParsed(string line, int creator, uint owner)
        => Assert.Equal((creator >= 0, Math.Max(creator, 0), owner), (SharedMemory.TryParse(System.Text.Encoding.ASCII.GetBytes(line), out SharedMemory segment), segment.Creator, segment.Owner));

    [Theory]
    [InlineData("7f8b3c000000-7f8b3c021000 r-xp 00001000 fe:01 1311817                    /usr/lib/libjvm.so", 0x7f8b3c000000UL, 0x1000UL, 0xfe00001U, 1311817UL, true, "/usr/lib/libjvm.so")]
    [InlineData("c000000000-c000400000 rw-p 00000000 00:00 0", 0xc000000000UL, 0UL, 0U, 0UL, false, "")]
    [InlineData("7ffd0-7ffd1 rw-s 00000000 00:01 3 (deleted)", 0x7ffd0UL, 0UL, 1U, 3UL, false, "")]
    public void Mapping_IsParsed(string line, ulong start, ulong offset, uint device, ulong inode, bool isExecutable, string path)
    {
        Assert.True(ProcessMaps.TryParseLine(System.Text.Encoding.ASCII.GetBytes(line), out Mapping mapping, out ReadOnlySpan<byte> file));
        Assert.Equal((new Mapping(start, offset, device, inode, isExecutable), path), (mapping, System.Text.Encoding.ASCII.GetString(file)));
    }

    private static long MappedOf(int pid) => Find(pid).Holders.Where(static holder => holder.Kind == OutsideKind.Mapped).Sum(static holder => holder.Count);

    /// <summary>A machine under load may not answer in time, and only one walk at a time reads mappings.</summary>
    private static OutsideHandles Find(int pid)
    {
        using ProcFs procFs = ProcFs.OpenHost("/proc");
        ProcessSample process = Snapshots.Process(pid, "walked", 1);
        OutsideHandles? found = null;
        for (int i = 0; i < 50 && found is not { IsComplete: true }; i++)
        {
            Thread.Sleep(i * 10);
            found = new OutsideWalk(procFs, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1))).Find(Snapshots.Of(process).Processes!, []);
        }

        Assert.True(found!.IsComplete);
        return found;
    }

    private static nint Map(FileStream file, int offset)
    {
        nint address = mmap(0, (nuint)Environment.SystemPageSize, ReadShared, ReadShared, (int)file.SafeFileHandle.DangerousGetHandle(), offset * Environment.SystemPageSize);
        return address != -1 ? address : throw new IOException($"mmap: {Marshal.GetLastPInvokeError()}");
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint addr, nuint length);
}
