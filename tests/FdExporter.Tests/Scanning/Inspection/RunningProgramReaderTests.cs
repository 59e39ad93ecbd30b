using System.Text;
using FdExporter.EndToEnd.Testing;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning.Inspection;

/// <summary>Real processes of each runtime that is here.</summary>
public class RunningProgramReaderTests
{
    [Fact]
    public async Task Native_IsKnown()
    {
        await using Child sleep = Child.Start("sleep", "60");
        Assert.Equal("native", await NameOfAsync(sleep.Pid));
    }

    [Fact]
    public async Task DotNet_IsKnownWithItsVersion() => Assert.Equal($".NET {Environment.Version}", await NameOfAsync(Environment.ProcessId));

    [Theory]
    [InlineData("python3", "Python 3.", "-c", "print('ready', flush=True); import time; time.sleep(60)")]
    [InlineData("node", "Node.js", "-e", "console.log('ready'); setTimeout(() => {}, 60000)")]
    [InlineData("ruby", "Ruby", "-e", "$stdout.sync = true; puts 'ready'; sleep 60")]
    [InlineData("perl", "Perl", "-e", "$| = 1; print \"ready\\n\"; sleep 60")]
    [InlineData("java", "Java", "Main.java")]
    [InlineData("prometheus-node-exporter", "Go", "--web.listen-address=127.0.0.1:0")]
    [Needs("python3", "node", "ruby", "perl", "prometheus-node-exporter")]
    public async Task Interpreter_IsKnown(string program, string expected, params string[] arguments)
    {
        Assert.SkipUnless(program != "java" || Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static each => File.Exists(Path.Combine(each, "java"))), "no Java here");
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Main.java"), "class Main { public static void main(String[] a) throws Exception { Thread.sleep(60000); } }");
            await using Child child = Child.Start("env", [$"--chdir={folder}", program, .. arguments]);
            await Eventually.TrueAsync(async () => (await NameOfAsync(child.Pid)).StartsWith(expected, StringComparison.Ordinal), () => child.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/usr/bin/python3.11", "Python 3.11")]
    [InlineData("/usr/bin/python", "Python")]
    [InlineData("/usr/sbin/php-fpm8.2", "PHP 8.2")]
    [InlineData("/usr/bin/ruby3.1", "Ruby 3.1")]
    [InlineData("/usr/bin/perl", "Perl")]
    [InlineData("/usr/bin/nodejs", "Node.js")]
    [InlineData("/usr/bin/pythonista", null)]
    [InlineData("/usr/bin/nginx", null)]
    [InlineData("", null)]
    public void OfProgram_IsTheInterpreterOfTheFile(string path, string? expected)
        => Assert.Equal(expected, RuntimeSigns.OfProgram(Encoding.UTF8.GetBytes(path))?.Name);

    [Theory]
    [InlineData("/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so", "Java")]
    [InlineData("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1/libcoreclr.so", ".NET 10.0.1")]
    [InlineData("/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1/libcoreclr.so (deleted)", ".NET 10.0.1")]
    [InlineData("/opt/app/libcoreclr.so", ".NET")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "Python 3.11")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libruby-3.1.so.3.1.2", "Ruby 3.1")]
    [InlineData("/usr/lib/apache2/modules/libphp8.2.so", "PHP 8.2")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libperl.so.5.36.0", "Perl")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "native")]
    [InlineData("/lib/libjvm", "native")]
    public void Add_Library_IsItsRuntime(string path, string expected)
    {
        RuntimeSigns signs = default;
        signs.Add(0x7f0000000000, Encoding.UTF8.GetBytes(path));
        Assert.Equal(expected, signs.Runtime.Name);
    }

    [Fact]
    public void Add_HeapOfGo_IsGo_AndAFileThereIsNot()
    {
        RuntimeSigns signs = default;
        signs.Add(0xc000000000, "/srv/data"u8);
        Assert.Equal("native", signs.Runtime.Name);
        signs.Add(0xc000000000, default);
        Assert.Equal("Go", signs.Runtime.Name);
    }

    /// <summary>A Java program with an embedded Python is a Java program.</summary>
    [Fact]
    public void Add_SeveralLibraries_FirstRuntimeInOrderCounts()
    {
        RuntimeSigns signs = default;
        signs.Add(1, "/usr/lib/libpython3.11.so.1.0"u8);
        signs.Add(2, "/usr/lib/jvm/lib/server/libjvm.so"u8);
        signs.Add(3, "/usr/lib/libperl.so.5.36"u8);
        Assert.Equal("Java", signs.Runtime.Name);
    }

    private static Task<string> NameOfAsync(int pid)
    {
        using HostScanner scanner = new("/proc", static process => process.Comm, TimeProvider.System, NullLogger<HostScanner>.Instance);
        ProcessInspection? inspection = scanner.TryInspect(pid, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));
        return Task.FromResult(inspection?.Runtime?.Name ?? "");
    }
}
