using System.Globalization;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Faults/threads.c: a process whose main thread has ended, or with a thread that has its own descriptor table.</summary>
internal sealed class ThreadsProgram : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> s_binary = new(static () => CompileAsync("threads"));
    private static readonly Lazy<Task<string>> s_refuse = new(static () => CompileAsync("refuse"));

    private readonly Child _child;
    private int _commands;

    private ThreadsProgram(Child child) => _child = child;

    /// <summary>Becomes the program that follows, which cannot compare threads: Faults/refuse.c.</summary>
    internal static Task<string> Refuse => s_refuse.Value;

    internal int Pid => _child.Pid;

    /// <summary>The thread that runs the commands.</summary>
    internal int Thread { get; private set; }

    /// <param name="mode"><c>alone</c>, <c>shared</c>, <c>own</c> or <c>leader</c>.</param>
    /// <param name="through">A program that starts it, with its arguments.</param>
    internal static async Task<ThreadsProgram> StartAsync(string mode, string name, params string[] through)
    {
        string[] command = [.. through, await s_binary.Value, mode, name];
        ThreadsProgram program = new(Child.Start(command[0], command[1..]));
        await program.WaitAsync();
        if (mode == "leader")
        {
            await Eventually.TrueAsync(
                () => File.ReadAllText(FormattableString.Invariant($"/proc/{program.Pid}/stat")).Contains(") Z ", StringComparison.Ordinal),
                () => "the main thread does not end");
        }

        return program;
    }

    /// <summary>Returns when the command is done.</summary>
    internal async Task TellAsync(string command)
    {
        int before = Thread;
        await _child.WriteLineAsync(command);
        await WaitAsync();
        if (command == "pass")
        {
            await Eventually.TrueAsync(
                () => !Directory.Exists(FormattableString.Invariant($"/proc/{Pid}/task/{before}")) || before == Pid,
                () => "the thread does not end");
        }
    }

    internal async Task<int> EndAsync()
    {
        _child.CloseInput();
        return await _child.WaitForExitAsync();
    }

    // done 3 4712
    private async Task WaitAsync()
    {
        string start = FormattableString.Invariant($"done {_commands++} ");
        Thread = int.Parse((await _child.WaitForLineAsync(start))[start.Length..], CultureInfo.InvariantCulture);
    }

    private static async Task<string> CompileAsync(string name)
    {
        string binary = Path.Combine(Directory.CreateTempSubdirectory("fd-exporter-test-").FullName, name);
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", $"{name}.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-pthread", "-o", binary, source);
        Assert.True(exitCode == 0, error);
        return binary;
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
