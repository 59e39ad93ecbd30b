using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace FdExporter.Cli.Completion;

/// <summary>A flag, for shell completion.</summary>
/// <param name="Names">The long one first: <c>--help</c>, <c>-h</c>.</param>
/// <param name="ValueName">Name of its value in the help.</param>
/// <param name="Default">Default value; empty for a switch and if there is none.</param>
/// <param name="Choices">Possible values of a <see cref="CompletedValue.Choice"/>.</param>
internal sealed record CompletedFlag(
    IReadOnlyList<string> Names,
    string Description,
    CompletedValue Value,
    string ValueName,
    IReadOnlyList<string> Choices,
    bool IsRepeatable,
    string Default)
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
            option.ValueType.IsArray,
            isSwitch || !option.HasDefaultValue ? "" : DefaultOf(option.GetDefaultValue()));
    }

    private static string DefaultOf(object? value) => value switch
    {
        string[] values => string.Join(' ', values),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value as string ?? "",
    };
}
