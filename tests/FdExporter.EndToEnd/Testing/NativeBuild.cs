namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The exporter as it is released, compiled ahead of time, as tests/run has it. What it promises without file handles cannot
/// be had from the build of <c>dotnet build</c>: .NET's just-in-time runtime makes a pipe for each thread that it starts, and
/// ends where it cannot.
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
