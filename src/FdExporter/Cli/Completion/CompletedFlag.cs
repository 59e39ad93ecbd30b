using System.CommandLine;
using System.CommandLine.Completions;

namespace FdExporter.Cli.Completion;

/// <summary>A flag as a shell has to know it.</summary>
/// <param name="Names">The long one first: <c>--help</c>, <c>-h</c>.</param>
/// <param name="ValueName">What the help calls its value.</param>
/// <param name="Choices">The values there are, of a <see cref="CompletedValue.Choice"/>.</param>
internal sealed record CompletedFlag(
    IReadOnlyList<string> Names,
    string Description,
    CompletedValue Value,
    string ValueName,
    IReadOnlyList<string> Choices,
    bool IsRepeatable)
{
    internal static CompletedFlag Of(Option option)
    {
        bool isSwitch = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0;
        IReadOnlyList<string> choices = isSwitch
            ? []
            : [.. option.GetCompletions(CompletionContext.Empty).Select(static each => each.Label)];
        CompletedValue value = isSwitch ? CompletedValue.None
            : choices.Count > 0 ? CompletedValue.Choice
            : option.HelpName switch
            {
                "file" => CompletedValue.File,
                "folder" => CompletedValue.Folder,
                _ => CompletedValue.Other,
            };
        return new CompletedFlag(
            [option.Name, .. option.Aliases.Order(StringComparer.Ordinal)],
            option.Description ?? "",
            value,
            option.HelpName ?? "value",
            choices,
            option.ValueType.IsArray);
    }
}
