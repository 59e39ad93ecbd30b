using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The names of real interpreters; none of their code or arguments is in any answer.</summary>
public sealed class NamesTests : IDisposable
{
    /// <summary>A text that must be in no answer.</summary>
    private const string Secret = "hunter2";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Name, program and its arguments; each prints ready and waits for its standard input to end.</summary>
    public static TheoryData<string, string[]> Programs => new()
    {
        { "python3", ["python3", "-uc", $"import sys; password='{Secret}'; print('ready'); sys.stdin.read()", $"--password={Secret}"] },
        { "python3", ["python3", "-Bc", $"import sys\ntoken='{Secret}'\nprint('ready', flush=True)\nsys.stdin.read()", Secret] },
        { "python3", ["python3", "-W", "ignore", "-Xdev", "-Ic", $"import sys; {Secret}=1; print('ready', flush=True); sys.stdin.read()"] },
        { "python3", ["sh", "-c", $"exec python3 - --password {Secret} <<'END'\nimport signal\nprint('ready', flush=True)\nsignal.pause()\nEND"] },
        { "perl", ["perl", "-we", $"my $dsn = 'password={Secret}'; $| = 1; print qq(ready\\n); <STDIN>", Secret] },
        { "perl", ["perl", "-lne", $"BEGIN {{ $| = 1; print q(ready) }} print 'key={Secret}'"] },
        { "perl", ["perl", "-0777", "-F:", "-MPOSIX", "-anE", $"BEGIN {{ $| = 1; print qq(ready\\n) }} my ${Secret} = 1"] },
        { "node", ["node", "-pe", $"console.log('ready'); process.stdin.resume(); '{Secret}'", Secret] },
        { "node", ["node", "--unhandled-rejections", "strict", "--eval", $"const {Secret} = 1; console.log('ready'); process.stdin.resume()"] },
        { "ruby", ["ruby", "-W0", "-rjson", "-ne", $"BEGIN {{ $stdout.sync = true; puts 'ready' }}; {Secret} = 1", "-", Secret] },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Code_IsInNoAnswer(string interpreter, string[] command)
    {
        await using Child child = await StartAsync(command);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        string metrics = await exporter.GetAsync("/metrics");
        string group = GroupOf(metrics, child.Pid);
        Assert.True(group.StartsWith(interpreter, StringComparison.Ordinal), group);

        string[] paths = ["/", "/explain", "/api/v1/host", "/api/v1/processes?limit=1000", $"/process/{child.Pid}", $"/api/v1/processes/{child.Pid}"];
        foreach (string path in paths)
        {
            AssertHidden(path, await exporter.GetAsStrangerAsync(path));
        }

        AssertHidden("metrics", metrics);
        AssertHidden("log", exporter.Child.Output);

        // inspect is not among them: it shows the command line on purpose, to users who can ask ps for it.
        foreach (string[] verb in (string[][])[["top", "--limits.top-processes=10000", "--json"], ["explain", "--json"]])
        {
            (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, verb);
            Assert.True(exitCode == 0, error);
            AssertHidden(string.Join(' ', verb), output + error);
        }
    }

    [Fact]
    public async Task ScriptsOfOneName_AreServicesOfTheirFolders()
    {
        await using Child billing = await ServiceAsync("billing");
        await using Child shipping = await ServiceAsync("shipping");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        string metrics = await exporter.GetAsync("/metrics");
        Assert.Equal(("billing/main.js", "shipping/main.js"), (GroupOf(metrics, billing.Pid), GroupOf(metrics, shipping.Pid)));

        Task<Child> ServiceAsync(string name)
        {
            Write($"{name}/dist/main.js", "console.log('ready'); process.stdin.resume();");
            return StartAsync("sh", "-c", $"cd {_folder}/{name} && exec node --unhandled-rejections strict dist/main.js");
        }
    }

    [Theory]
    [InlineData("sidekiq", "ruby", "$0 = 'sidekiq 7 app [1 of 5 busy]'; $stdout.sync = true; puts 'ready'; $stdin.read")]
    [InlineData("munin-node", "perl", "$0 = 'munin-node [192.168.0.1]'; $| = 1; print qq(ready\\n); <STDIN>")]
    [InlineData("npm", "node", "process.title = 'npm start'; console.log('ready'); process.stdin.resume()")]
    public async Task TitleThatAProgramGivesItself_IsItsName(string name, string interpreter, string code)
    {
        string script = Write("a-script-whose-path-is-longer-than-the-title-that-it-will-have", code);
        await using Child child = await StartAsync(interpreter, script);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Assert.Equal(name, GroupOf(await exporter.GetAsync("/metrics"), child.Pid));
    }

    [Fact]
    public async Task WorkersOfMultiprocessing_AreOfTheirParentsProgram()
    {
        string script = Write("billing/main.py", """
            import multiprocessing, sys, time

            def work(pipe):
                pipe.send('up')
                time.sleep(120)

            if __name__ == '__main__':
                context = multiprocessing.get_context('spawn')
                here, there = context.Pipe()
                for _ in range(2):
                    context.Process(target=work, args=(there,), daemon=True).start()
                    here.recv()
                print('ready', flush=True)
                sys.stdin.read()
            """);
        await using Child child = await StartAsync("python3", script);
        await using Exporter exporter = await Exporter.StartAsync();

        // The program, two workers, and the tracker of their resources.
        Assert.Equal(4, (await exporter.ScrapeAsync())["fd_group_processes{group=\"billing/main.py\"}"]);
    }

    private static async Task<Child> StartAsync(params string[] command)
    {
        Child child = Child.Start(command[0], command[1..]);
        await child.WaitForLineAsync("ready");
        return child;
    }

    private static string GroupOf(string metrics, int pid)
    {
        string line = metrics.Split('\n').Single(line => line.StartsWith("fd_process_info{", StringComparison.Ordinal) && line.Contains($",pid=\"{pid}\"", StringComparison.Ordinal));
        const string Label = "group=\"";
        string rest = line[(line.IndexOf(Label, StringComparison.Ordinal) + Label.Length)..];
        return rest[..rest.IndexOf('"', StringComparison.Ordinal)];
    }

    private static void AssertHidden(string where, string text)
    {
        int at = text.IndexOf(Secret, StringComparison.Ordinal);
        Assert.True(at < 0, $"{where}: {(at < 0 ? "" : text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 50)])}");
    }

    private string Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
