using FdExporter.Accounts.Naming;
using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Fuzz.Targets;

/// <summary>Names that any user can give a program, on their way to the name of a group.</summary>
internal static class GroupingTargets
{
    // Halves and repetitions of characters, empty matches, and a pattern that makes a backtracking engine slow.
    private static readonly GroupRules s_rules = new(RuleFile.Parse("rules", """
        process_names:
        - name: "{{.Matches.half}}"
          cmdline: ["half=(?P<half>.)"]
        - name: "{{.Matches.all}}{{.Matches}}"
          cmdline: ["^(?P<all>([a-z]+)+)$"]
        - name: "{{.Comm}}:{{.ExeBase}}:{{.ExeFull}}:{{.Cgroups}}"
          cmdline: [".+"]
        - comm: [empty]
        """));

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("name-program", Program, [.. Captured.OfEachProcess("cmdline").Select(static text => (byte[])[.. "java\0"u8, .. text])])
        {
            Words = ["java", "python3", "node", "ruby", "php", "perl", "dotnet", "-jar", "-m", "-cp", ".jar", ".dll", "/main.py", "\0"],
            MaxLength = ProcessCommandLine.MaxLength,
        },
        new("name-rules", Rules, [.. Captured.OfEachProcess("cmdline"), .. Captured.Of("half=\U0001F600", "half=\U0001F601", "aaaaaaaaaaaaaaaaaaaa!")])
        {
            Words = ["half=", "\U0001F600", "\0"],
            MaxLength = ProcessCommandLine.MaxLength,
        },
    ];

    // The command name, and an argument after each NUL.
    private static bool Program(ReadOnlySpan<byte> input)
    {
        List<string> words = ArgumentsOf(input);
        string comm = words.Count == 0 ? "" : words[0];
        ProcessDescription process = Processes.Of(comm, words.Count == 0 ? [] : words[1..]);
        string name = ProgramName.Of(process);
        Expect.True(name.Length is > 0 and <= 128);
        Expect.ValidText(name);
        string avoided = ReservedNames.Avoid(name);
        Expect.True(avoided is not (ReservedNames.Kernel or ReservedNames.Unknown));
        return name != comm;
    }

    private static bool Rules(ReadOnlySpan<byte> input)
    {
        List<string> arguments = ArgumentsOf(input);
        string? name = s_rules.NameOf(Processes.Of("java", arguments));
        Expect.True(name is null || name.Length is > 0 and <= GroupName.MaxLength);
        Expect.ValidText(name ?? "");
        return name is not null;
    }

    private static List<string> ArgumentsOf(ReadOnlySpan<byte> text)
    {
        List<string> arguments = [];
        while (ProcessCommandLine.TryTakeArgument(ref text, out ReadOnlySpan<byte> argument))
        {
            arguments.Add(Texts.Decode(argument));
        }

        return arguments;
    }
}
