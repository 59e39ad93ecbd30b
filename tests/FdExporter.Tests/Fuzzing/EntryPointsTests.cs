using System.Reflection;
using System.Text.RegularExpressions;
using FdExporter.Configuration;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Tests.Fuzzing;

/// <summary>Compares the list of targets with the code, so that every new parser is fuzzed.</summary>
public partial class EntryPointsTests
{
    private static readonly HashSet<Type> s_inputs =
    [
        typeof(ReadOnlySpan<byte>), typeof(ReadOnlySpan<byte>).MakeByRefType(), typeof(ReadOnlyMemory<byte>), typeof(ReadOnlySpan<char>), typeof(string), typeof(StringValues),
        typeof(IQueryCollection), typeof(IList<string>),
    ];

    /// <summary>Methods that are no entry points, and why.</summary>
    private static readonly Dictionary<string, string> s_others = new()
    {
        ["ConfigFile.Read"] = "reads a file",
        ["ConfigFile.ReadText"] = "reads a file, and gives its text to RuleFile.Parse",
        ["GoRegex.Translate"] = "reached by CommandLinePattern.TryCreate",
        ["GoRegexCharacter.Unescaped"] = "reached by CommandLinePattern.TryCreate",
        ["IoUringFdInfo.TryTakeFile"] = "an instance's; target proc-fd-info-io-uring",
        ["NetlinkMessages.ReadPort"] = "two bytes; reached by InetDiag.TryParse",
        ["OwnFolder.Create"] = "writes a file",
        ["OwnFolder.ReadHead"] = "reads a file",
        ["ProcessFactsReader.ReadKernelThread"] = "makes text of a name",
        ["RegularFile.Read"] = "reads a file",
        ["StrictYaml.Read"] = "reached by RuleFile.Parse and WebConfigFile.Parse, as the next four",
        ["StrictYaml.TakeBoolean"] = "",
        ["StrictYaml.TakeMapping"] = "",
        ["StrictYaml.TakeSequence"] = "",
        ["StrictYaml.TakeText"] = "",
        ["WatchedFiles.Read"] = "reads a file",
        ["WebConfigFile.TakeSection"] = "reached by WebConfigFile.Parse",
    };

    [Fact]
    public void EntryPoints_AllHaveATarget()
    {
        string folder = Path.Combine(Repository.Root, "tests", "FdExporter.Fuzz", "Targets");
        string targets = string.Concat(Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText));
        string[] entries = [.. EntryPoints().Distinct().Order(StringComparer.Ordinal)];
        Assert.True(entries.Length > 40, $"only {entries.Length} were found");
        string[] fuzzed = [.. entries.Where(entry => targets.Contains($"{entry}(", StringComparison.Ordinal))];
        Assert.Equal(entries, fuzzed.Concat(s_others.Keys).Order(StringComparer.Ordinal));
    }

    // Every method that takes bytes or text and is named like a parser.
    private static IEnumerable<string> EntryPoints()
        => from assembly in (Assembly[])[typeof(ProcFs).Assembly, typeof(RuleFile).Assembly]
           from type in assembly.GetTypes()
           where !type.Name.Contains('<')
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where !method.IsPrivate && Understands().IsMatch(method.Name)
           where method.GetParameters().Any(static parameter => !parameter.IsOut && s_inputs.Contains(parameter.ParameterType))
           select $"{type.Name}.{method.Name}";

    [GeneratedRegex("^(Try)?(Parse|Take|Read|Negotiate|Translate|Create|Unescape)")]
    private static partial Regex Understands();
}
