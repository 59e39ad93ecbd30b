using System.Reflection;
using System.Text;

namespace FdExporter.Runbooks;

/// <summary>A page that says what to do about an alert. The pages are those of deploy/prometheus, built into the program.</summary>
/// <param name="Name">The alert's, or that of one of the two pages about all of them.</param>
/// <param name="Text">Markdown.</param>
internal sealed record Runbook(string Name, string Text)
{
    /// <summary>What holds for all alerts, with a line for each.</summary>
    internal const string Index = "README";

    /// <summary>When each alert fires, its thresholds, and how growth is judged.</summary>
    internal const string Alerts = "alerts";

    private const string Folder = "runbooks/";
    private const string Extension = ".md";

    private static readonly Assembly s_program = Assembly.GetExecutingAssembly();

    /// <summary>The two pages about all alerts first.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        Index,
        Alerts,
        .. s_program.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(static name => name[Folder.Length..^Extension.Length])
            .Where(static name => name is not (Index or Alerts))
            .Order(StringComparer.Ordinal),
    ];

    /// <param name="name">As in <see cref="Names"/>; the file's extension may follow.</param>
    /// <returns>Null when there is no such page.</returns>
    internal static Runbook? Find(string name)
    {
        string bare = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        if (!Names.Contains(bare))
        {
            return null;
        }

        using Stream stream = s_program.GetManifestResourceStream(Folder + bare + Extension)
            ?? throw new InvalidOperationException($"{bare} is not in the program");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return new Runbook(bare, reader.ReadToEnd());
    }
}
