using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A program of Faults, compiled for as long as a test runs.</summary>
internal sealed class CompiledFault : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private CompiledFault(string name) => Binary = Path.Combine(_folder, name);

    internal string Binary { get; }

    internal static async Task<CompiledFault> CompileAsync(string name)
    {
        CompiledFault fault = new(name);
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", $"{name}.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-pthread", "-o", fault.Binary, source);
        Assert.True(exitCode == 0, error);
        return fault;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
