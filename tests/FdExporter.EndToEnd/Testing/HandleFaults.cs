using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Descriptors that are no handles, handles that are no descriptors, and processes that hold neither: Faults/handles.c.</summary>
public sealed class HandleFaults : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Binary => Path.Combine(_folder, "handles");

    public async ValueTask InitializeAsync()
    {
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "handles.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-o", Binary, source);
        Assert.True(exitCode == 0, error);
    }

    /// <summary>Its group is <c>handles</c>.</summary>
    internal async Task<Child> StartAsync(params IEnumerable<string> arguments)
    {
        Child child = Child.Start(Binary, arguments);
        try
        {
            await child.WaitForLineAsync("ready");
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
