using System.Text.Json;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The advice for a limit that a program set itself: it names the program, and its commands work.</summary>
public partial class LimitAdviceTests
{
    [Fact]
    public async Task LimitThatAProgramLoweredItself_IsNotAttributedToTheUnit_AndCanBeRaisedAsAdvised()
    {
        await using Child program = Child.Start("/usr/bin/python3", "-c", """
            import ctypes, os, resource, sys
            def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
            name("starter")
            resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400))
            pid = os.fork()
            if pid == 0:
                ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
                name("selflimiter")
                resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
                kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(90)]
                print("ready", os.getpid(), flush=True)
                sys.stdin.readline()
                try:
                    kept += [os.open("/dev/null", os.O_RDONLY) for _ in range(60)]
                except OSError as error:
                    print("still at its limit", error, flush=True)
                print("opened", len(kept), flush=True)
                sys.stdin.readline()
            os.waitpid(pid, 0)
            """);
        string pid = (await program.WaitForLineAsync("ready "))[6..];
        (_, string json, _) = await Child.RunAsync(Exporter.Binary, null, "explain", "--json");
        using JsonDocument verdict = JsonDocument.Parse(json);
        string advice = Assert.Single(
            verdict.RootElement.GetProperty("findings").EnumerateArray(),
            static each => each.GetProperty("text").GetString()!.StartsWith("selflimiter ", StringComparison.Ordinal)).GetProperty("advice").GetString()!.Replace('\u00a0', ' ');
        Assert.StartsWith($"First list its descriptors: fd-exporter inspect {pid}. Its limit is not inherited: its parent starter (pid {program.Pid}) has 400. ", advice, StringComparison.Ordinal);
        Assert.DoesNotContain("LimitNOFILE", advice, StringComparison.Ordinal);

        Match prlimit = Prlimit().Match(advice);
        Assert.Equal(("200", pid), (prlimit.Groups[2].Value, prlimit.Groups[1].Value));
        Assert.Equal((0, "", ""), await Child.RunAsync("prlimit", null, prlimit.Value.Split(' ')[1..]));
        await program.WriteLineAsync("");
        Assert.Equal("opened 150", await program.WaitForLineAsync("opened "));
    }

    [GeneratedRegex(@"prlimit --pid (\d+) --nofile=(\d+):\d+")]
    private static partial Regex Prlimit();
}
