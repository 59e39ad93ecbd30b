using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Faults/namespaces.c: sockets in network namespaces that no main thread is in.</summary>
public sealed class NamespacesWithoutProcess : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string Binary => Path.Combine(_folder, "namespaces");

    public async ValueTask InitializeAsync()
    {
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "namespaces.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-pthread", "-o", Binary, source);
        Assert.True(exitCode == 0, error);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>With the name of its namespace, <c>net:[4026532833]</c>.</summary>
    internal async Task<(Child Child, string Namespace)> StartAsync(string mode, string name, int count)
    {
        Child child = Child.Start(Binary, mode, name, count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string ready = await child.WaitForLineAsync("ready ");
        if (mode == "carry")
        {
            await child.WaitForLineAsync("home");
        }

        return (child, ready["ready ".Length..]);
    }
}
