using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Commands from the documents, to be run unchanged.</summary>
internal static class Documents
{
    /// <summary>The first indented block after a text.</summary>
    internal static string CommandsAfter(string file, string text)
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, file));
        int place = document.IndexOf(text, StringComparison.Ordinal);
        Assert.True(place >= 0, $"{file}: no '{text}'");
        string[] lines = [.. document[place..].Split('\n')
            .SkipWhile(static line => !line.StartsWith("    ", StringComparison.Ordinal))
            .TakeWhile(static line => line.StartsWith("    ", StringComparison.Ordinal))];
        Assert.NotEmpty(lines);
        return $"set -e\n{string.Join('\n', lines)}";
    }
}
