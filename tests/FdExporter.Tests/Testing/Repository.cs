namespace FdExporter.Tests.Testing;

/// <summary>Folders of this repository, found from the folder of the test program: a deterministic build contains no source paths.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Fixtures { get; } = Path.Combine(Root, "tests", "FdExporter.Tests", "Fixtures");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FdExporter.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no FdExporter.sln above {AppContext.BaseDirectory}");
    }
}
