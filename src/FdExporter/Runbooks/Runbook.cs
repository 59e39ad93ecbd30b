using System.Reflection;
using System.Text;

namespace FdExporter.Runbooks;

/// <summary>Instructions for an alert. The pages are from deploy/prometheus and are embedded in the program.</summary>
/// <param name="Name">Name of the alert, or of one of the two general pages.</param>
/// <param name="Text">Markdown.</param>
internal sealed record Runbook(string Name, string Text)
{
    /// <summary>Instructions for all alerts, and a list of the pages.</summary>
    internal const string Index = "README";

    /// <summary>When each alert fires, its thresholds, and how growth is computed.</summary>
    internal const string Alerts = "alerts";

    private const string Folder = "runbooks/";
    private const string Extension = ".md";

    private static readonly Assembly s_program = Assembly.GetExecutingAssembly();

    /// <summary>The two general pages first.</summary>
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

    /// <param name="name">As in <see cref="Names"/>, with or without the file extension.</param>
    /// <returns>Null if there is no such page.</returns>
    internal static Runbook? Find(string name)
    {
        string bare = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;
        if (!Names.Contains(bare))
        {
            return null;
        }

        using Stream stream = s_program.GetManifestResourceStream(Folder + bare + Extension)
            ?? throw new InvalidOperationException($"{bare} is not embedded in the program");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return new Runbook(bare, reader.ReadToEnd());
    }
}
