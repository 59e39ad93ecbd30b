using System.Text;

namespace FdExporter.Cli.Completion;

/// <summary>For fish: save as <c>fd-exporter.fish</c> in its completions folder, or pipe into <c>source</c>.</summary>
internal static class FishCompletion
{
    internal static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        StringBuilder script = new();
        IEnumerable<string> withValue = CompletedCommand.WithValue(commands).SelectMany(static flag => flag.Names);
        script.Append($$"""
            # fish completion of fd-exporter: fd-exporter completion fish | source
            function __fd_exporter_verb_is
                set -l verb ''
                set -l skip ''
                for word in (commandline -opc)[2..-1]
                    if test -n "$skip"
                        set skip ''
                        continue
                    end
                    switch $word
                        case {{string.Join(' ', withValue)}}
                            set skip 1
                        case {{string.Join(' ', commands.Skip(1).Select(static command => command.Name))}}
                            set verb $word
                            break
                    end
                end
                test "$verb" = "$argv[1]"
            end
            complete -c fd-exporter -f

            """);
        foreach (CompletedCommand command in commands)
        {
            string prefix = $"complete -c fd-exporter -n '__fd_exporter_verb_is \"{command.Name}\"'";
            foreach (CompletedCommand verb in command.Name.Length == 0 ? commands.Skip(1) : [])
            {
                script.Append($"{prefix} -a {verb.Name} -d {Quoted(verb.Description)}\n");
            }

            if (command.Words.Count > 0)
            {
                script.Append($"{prefix} -a {Quoted(string.Join(' ', command.Words))}\n");
            }

            foreach (CompletedFlag flag in command.Flags)
            {
                IEnumerable<string> names = flag.Names.Select(
                    static name => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : $"-s {name[1..]}");
                string value = flag.Value switch
                {
                    CompletedValue.Choice => $" -x -a {Quoted(string.Join(' ', flag.Choices))}",
                    CompletedValue.File => " -r -F",
                    CompletedValue.Folder => " -x -a '(__fish_complete_directories (commandline -ct))'",
                    CompletedValue.Other => " -x",
                    _ => "",
                };
                script.Append($"{prefix} {string.Join(' ', names)}{value} -d {Quoted(flag.Description)}\n");
            }
        }

        return script.ToString();
    }

    private static string Quoted(string text)
        => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
