namespace FdExporter.Cli.Logging;

/// <summary>Lines are of one kind when they say the same of the same thing.</summary>
/// <param name="Message">The class that says it, and which of its messages it is: there are no more than the code has.</param>
/// <param name="Subject">What it is said of; empty for nothing in particular. Clients and neighbours may invent some.</param>
internal readonly record struct LogKind(string Message, string Subject)
{
    /// <summary>Of these a line is about the first that it has.</summary>
    private static readonly string[] s_subjects = ["collector", "reason", "limit", "address", "pid", "file", "err"];

    internal static LogKind Of(string category, string message, IReadOnlyList<KeyValuePair<string, string>> fields)
        => new($"{category}/{message}", s_subjects.Select(name => ValueOf(fields, name)).FirstOrDefault(static value => value is not null) ?? "");

    private static string? ValueOf(IReadOnlyList<KeyValuePair<string, string>> fields, string name)
    {
        foreach ((string key, string value) in fields)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}
