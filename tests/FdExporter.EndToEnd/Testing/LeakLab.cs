using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A real leak, kept until this is disposed of.</summary>
internal sealed class LeakLab : IAsyncDisposable
{
    private const int SIGUSR1 = 10;

    private LeakLab(Child child, string ready)
    {
        Child = child;
        Ready = ready.Split(' ')
            .Where(static word => word.Contains('=', StringComparison.Ordinal))
            .ToDictionary(static word => word[..word.IndexOf('=', StringComparison.Ordinal)], static word => word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]);
    }

    internal Child Child { get; }

    /// <summary>The values of its ready line.</summary>
    internal IReadOnlyDictionary<string, string> Ready { get; }

    /// <summary>For the verb <c>processes</c>: what each child holds, including what it inherited from the tests.</summary>
    internal long FdsOfEachProcess => Directory.GetFileSystemEntries($"/proc/{Ready["first_pid"]}/fd").Length;

    internal static string Binary { get; } = Path.Combine(Repository.Root, "tests", "LeakLab", "bin", "Release", "net10.0", "leaklab");

    /// <summary>Port of the listener that its connections come from or go to.</summary>
    internal string Port => (Ready.GetValueOrDefault("remote") ?? Ready["local"]) is var address ? address[(address.LastIndexOf(':') + 1)..] : "";

    internal static Task<LeakLab> StartAsync(params IEnumerable<string> arguments) => StartAsAsync(Binary, arguments);

    /// <summary>Starts it through another program (unshare, ip netns exec), which becomes it.</summary>
    internal static async Task<LeakLab> StartAsAsync(string program, params IEnumerable<string> arguments)
    {
        Child child = Child.Start(program, [.. arguments, "--until-stdin-closes"]);
        try
        {
            return new LeakLab(child, await child.WaitForLineAsync("ready "));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>For the verbs with a changing load: returns when it is paused.</summary>
    internal Task StandStillAsync()
    {
        Child.Signal(SIGUSR1);
        return Child.WaitForLineAsync("paused ");
    }

    public ValueTask DisposeAsync() => Child.DisposeAsync();
}
