using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The restrictions of the shipped systemd unit, applied by Faults/confine.c where no systemd runs: the unit's own
/// lines SystemCallFilter=, with the sets of this machine's systemd.
/// </summary>
public sealed class Confinement : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    /// <summary>Becomes the program that follows; a system call given as <c>-NAME</c> before it is refused too.</summary>
    internal string Binary => Path.Combine(_folder, "confine");

    public async ValueTask InitializeAsync()
    {
        HashSet<string> calls = await CallsOfUnitAsync();
        Assert.True(calls.Count > 200, $"the unit allows only {string.Join(' ', calls)}");

        // Some are of other architectures.
        await File.WriteAllLinesAsync(
            Path.Combine(_folder, "allowed.h"), calls.Select(static name => $"#ifdef __NR_{name}\n{{\"{name}\", __NR_{name}}},\n#endif"));
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "confine.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-I", _folder, "-o", Binary, source);
        Assert.True(exitCode == 0, error);
        Assert.Equal((0, ""), await RunAsync("chmod", "-R", "a+rX", _folder));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Each line adds to the allowed calls, or with <c>~</c> removes from them.</summary>
    private static async Task<HashSet<string>> CallsOfUnitAsync()
    {
        const string key = "SystemCallFilter=";
        HashSet<string> calls = [];
        foreach (string line in await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "deploy", "systemd", "fd-exporter.service")))
        {
            if (!line.StartsWith(key, StringComparison.Ordinal))
            {
                continue;
            }

            bool isDenied = line[key.Length] == '~';
            HashSet<string> named = [];
            foreach (string name in line[(key.Length + (isDenied ? 1 : 0))..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (name[0] == '@')
                {
                    await AddAsync(name, named);
                }
                else
                {
                    named.Add(name);
                }
            }

            if (isDenied)
            {
                calls.ExceptWith(named);
            }
            else
            {
                calls.UnionWith(named);
            }
        }

        return calls;
    }

    // @system-service
    //     # General system service operations
    //     @aio
    //     brk
    private static async Task AddAsync(string set, HashSet<string> calls)
    {
        (int exitCode, string output, string error) = await Child.RunAsync("systemd-analyze", null, "syscall-filter", set);
        Assert.True(exitCode == 0, error);
        foreach (string line in output.Split('\n').Skip(1).Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == '@')
            {
                await AddAsync(line, calls);
            }
            else
            {
                calls.Add(line);
            }
        }
    }

    private static async Task<(int, string)> RunAsync(string program, params string[] arguments)
    {
        (int exitCode, _, string error) = await Child.RunAsync(program, null, arguments);
        return (exitCode, error);
    }
}
