namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The exporter as released, compiled ahead of time; tests/run builds it. Its guarantees without free file handles do not hold
/// for the build of <c>dotnet build</c>: .NET's just-in-time runtime creates a pipe for each thread that it starts, and
/// exits where it cannot.
/// </summary>
internal static class NativeBuild
{
    internal static string Binary
    {
        get
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("FD_EXPORTER") is { Length: > 0 }, "FD_EXPORTER names no release build; tests/run makes one");
            return Exporter.Binary;
        }
    }
}
