using System.Runtime.CompilerServices;

namespace FdExporter.Tests.Testing;

/// <summary>
/// Compares a whole output with <c>Class.Test.verified.txt</c> beside the test; on a mismatch writes
/// <c>Class.Test.received.txt</c>. Calls look like those of the package Verify, whose convention this is.
/// </summary>
internal static class Golden
{
    internal static void Verify(string received, string? parameter = null, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        string stem = Path.Combine(
            Path.GetDirectoryName(SourceOf(file))!,
            $"{Path.GetFileNameWithoutExtension(file)}.{test}{(parameter is null ? "" : $"_{parameter}")}");
        string verifiedFile = stem + ".verified.txt";
        string receivedFile = stem + ".received.txt";
        string verified = File.Exists(verifiedFile) ? File.ReadAllText(verifiedFile) : "";
        if (received == verified)
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        Assert.Fail($"{receivedFile} differs from {verifiedFile}:\n{FirstDifference(verified, received)}");
    }

    // A deterministic build writes /_/ for the root of the repository.
    private static string SourceOf(string file)
        => file.StartsWith("/_/", StringComparison.Ordinal) ? Path.Combine(Repository.Root, file["/_/".Length..]) : file;

    private static string FirstDifference(string verified, string received)
    {
        string[] expected = verified.Split('\n');
        string[] actual = received.Split('\n');
        int line = 0;
        while (line < expected.Length && line < actual.Length && expected[line] == actual[line])
        {
            line++;
        }

        return $"line {line + 1}:\n- {(line < expected.Length ? expected[line] : "(end)")}\n+ {(line < actual.Length ? actual[line] : "(end)")}";
    }
}
