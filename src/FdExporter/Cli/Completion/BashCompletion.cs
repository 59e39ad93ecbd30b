using System.Text;

namespace FdExporter.Cli.Completion;

/// <summary>Does not need the package bash-completion. Bash splits words at each <c>=</c>.</summary>
internal static class BashCompletion
{
    internal static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        StringBuilder script = new();
        IReadOnlyList<CompletedFlag> withValue = CompletedCommand.WithValue(commands);
        string verbs = string.Join('|', commands.Skip(1).Select(static command => command.Name));
        string values = string.Join('|', withValue.SelectMany(static flag => flag.Names));
        script.Append($$"""
            # bash completion of fd-exporter: source <(fd-exporter completion bash)
            _fd_exporter() {
                local cur=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD-1]} verb= i
                if [[ $cur == = ]]; then
                    cur=
                elif [[ $flag == = ]]; then
                    flag=${COMP_WORDS[COMP_CWORD-2]}
                fi
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in
                        {{values}})
                            [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
                            ((i++)) ;;
                        {{verbs}})
                            verb=${COMP_WORDS[i]}
                            break ;;
                    esac
                done
                COMPREPLY=()
                case $flag in

            """);
        foreach (CompletedFlag flag in withValue)
        {
            string offer = flag.Value switch
            {
                CompletedValue.Choice => $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', flag.Choices)}' -- \"$cur\")",
                CompletedValue.File => "compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")",
                CompletedValue.Folder => "compopt -o filenames 2> /dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")",
                _ => "",
            };
            script.Append($"        {string.Join('|', flag.Names)}) {offer}{(offer.Length > 0 ? "; " : "")}return ;;\n");
        }

        script.Append("    esac\n    local words=\n    case $verb in\n");
        foreach (CompletedCommand command in commands)
        {
            IEnumerable<string> first = command.Name.Length == 0 ? commands.Skip(1).Select(static verb => verb.Name) : command.Words;
            string words = string.Join(' ', first.Concat(command.Flags.SelectMany(static flag => flag.Names)));
            script.Append($"        '{command.Name}') words='{words}' ;;\n");
        }

        script.Append("""
                esac
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            }
            complete -F _fd_exporter fd-exporter

            """);
        return script.ToString();
    }
}
