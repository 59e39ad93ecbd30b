namespace FdExporter.Cli.Logging;

/// <summary>Lines with the same message about the same subject are of one kind.</summary>
/// <param name="Message">The class that logs it, and the name of the message. Their number is limited by the code.</param>
/// <param name="Subject">What it is about; empty if nothing in particular. Clients and other users can cause any number of subjects.</param>
internal readonly record struct LogKind(string Message, string Subject)
{
    /// <summary>The first of these fields that a line has is its subject.</summary>
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
