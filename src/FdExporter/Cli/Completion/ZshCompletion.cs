using System.Text;

namespace FdExporter.Cli.Completion;

/// <summary>For zsh: save as <c>_fd-exporter</c> in a folder of its fpath, or source after compinit.</summary>
internal static class ZshCompletion
{
    internal static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        StringBuilder script = new();
        IEnumerable<string> withValue = CompletedCommand.WithValue(commands).SelectMany(static flag => flag.Names);
        script.Append($$"""
            #compdef fd-exporter
            # zsh completion of fd-exporter: source <(fd-exporter completion zsh)
            _fd_exporter() {
                local verb= word= skip=
                for word in ${words[2,CURRENT-1]}; do
                    if [[ -n $skip ]]; then
                        skip=
                        continue
                    fi
                    case $word in
                        {{string.Join('|', withValue)}}) skip=1 ;;
                        {{string.Join('|', commands.Skip(1).Select(static command => command.Name))}}) verb=$word; break ;;
                    esac
                done
                case $verb in

            """);
        foreach (CompletedCommand command in commands)
        {
            script.Append($"        '{command.Name}')\n            _arguments");
            foreach (CompletedFlag flag in command.Flags)
            {
                foreach (string name in flag.Names)
                {
                    script.Append($" \\\n                {Quoted(SpecOf(flag, name))}");
                }
            }

            IEnumerable<string> verbs = commands.Skip(1).Select(static verb => $"{verb.Name}\\:\"{Escaped(verb.Description)}\"");
            string first = command.Name.Length > 0 ? $"1: :({command.Name})" : $"1:command:(({string.Join(' ', verbs)}))";
            script.Append($" \\\n                {Quoted(first)}");
            if (command.Words.Count > 0)
            {
                script.Append($" \\\n                {Quoted($"2:value:({string.Join(' ', command.Words)})")}");
            }

            script.Append(" ;;\n");
        }

        script.Append("""
                esac
            }
            if [[ $funcstack[1] == _fd-exporter ]]; then
                _fd_exporter
            else
                compdef _fd_exporter fd-exporter
            fi

            """);
        return script.ToString();
    }

    // --log.level=[One of debug, info, warn, error.]:name:(debug info warn error)
    private static string SpecOf(CompletedFlag flag, string name)
    {
        string action = flag.Value switch
        {
            CompletedValue.Choice => $"({string.Join(' ', flag.Choices)})",
            CompletedValue.File => "_files",
            CompletedValue.Folder => "_files -/",
            _ => " ",
        };
        string value = flag.Value == CompletedValue.None ? "" : $":{Escaped(flag.ValueName)}:{action}";
        return $"{(flag.IsRepeatable ? "*" : "")}{name}{(value.Length > 0 ? "=" : "")}[{Escaped(flag.Description)}]{value}";
    }

    private static string Escaped(string text)
        => text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(":", "\\:", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
