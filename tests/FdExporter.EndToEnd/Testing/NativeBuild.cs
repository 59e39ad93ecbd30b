namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The exporter as it is released, compiled ahead of time; FD_EXPORTER_NATIVE names it, and tests/run makes it. What it
/// promises without file handles cannot be had from the build of the other tests: .NET's just-in-time runtime makes a pipe for
/// each thread that it starts, and ends where it cannot.
/// </summary>
internal static class NativeBuild
{
    internal static string Binary
    {
        get
        {
            string? binary = Environment.GetEnvironmentVariable("FD_EXPORTER_NATIVE");
            Assert.SkipWhen(string.IsNullOrEmpty(binary), "FD_EXPORTER_NATIVE names no exporter; tests/run publishes one");
            return binary!;
        }
    }
}
