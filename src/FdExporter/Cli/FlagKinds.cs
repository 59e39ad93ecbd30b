using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FdExporter.Configuration;

namespace FdExporter.Cli;

/// <summary>Kinds of flags and arguments. Each refuses what it does not take with a line that names the flag and the text.</summary>
internal static class FlagKinds
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    /// <summary>A whole number within bounds.</summary>
    /// <param name="byDefault">Null where the description says it; the value is then 0.</param>
    internal static Option<int> Number(string name, int? byDefault, int least, int most, string description)
    {
        Option<int> option = new(name) { Description = description, HelpName = "number", DefaultValueFactory = byDefault is { } value ? _ => value : null };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < least || number > most)
            {
                argument.AddError($"{name}: not a number from {least} to {most}: '{text}'");
            }

            return number;
        };
        return option;
    }

    /// <summary>A regular expression as RE2 has them.</summary>
    internal static Option<string> Expression(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "expression",
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!CommandLinePattern.TryCreate(text, out _, out string reason))
            {
                argument.AddError($"{name}: {reason}: '{text}'");
            }

            return text;
        },
    };

    /// <summary>A length of time that a program may wait for over and over without keeping the machine busy.</summary>
    internal static Option<string> Time(string name, string byDefault, string description)
    {
        Option<string> option = new(name) { Description = description, HelpName = "duration", DefaultValueFactory = _ => byDefault };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (TimeOf(text) < s_shortest)
            {
                argument.AddError($"{name}: not a duration of 100ms or more such as {byDefault}: '{text}'");
            }

            return text;
        };
        return option;
    }

    /// <summary>Of what <see cref="Time"/> has let through; else nothing.</summary>
    internal static TimeSpan TimeOf(string text) => Duration.TryParse(text, out TimeSpan time) ? time : TimeSpan.Zero;

    /// <summary>A process, behind a verb.</summary>
    internal static Argument<int> Pid(string name) => new(name)
    {
        Description = "Process ID.",
        CustomParser = static argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0)
            {
                argument.AddError($"not the number of a process: '{text}'");
            }

            return pid;
        },
    };

    internal static Option<string> Choice(string name, string description, string byDefault, params string[] values)
    {
        Option<string> option = new(name)
        {
            Description = DescriptionOf(description, values),
            HelpName = "name",
            DefaultValueFactory = _ => byDefault,
            CustomParser = argument => OneOf(argument, name, values),
        };
        option.CompletionSources.Add(values);
        return option;
    }

    /// <summary>A word that has to be given, behind a verb.</summary>
    internal static Argument<string> ChoiceArgument(string name, string description, params string[] values)
    {
        Argument<string> argument = new(name)
        {
            Description = DescriptionOf(description, values),
            CustomParser = result => OneOf(result, name, values),
        };
        argument.CompletionSources.Add(values);
        return argument;
    }

    /// <summary>A word that may be given, behind a verb. The verb itself refuses what it does not know.</summary>
    internal static Argument<string> OptionalArgument(string name, string description, params string[] values)
    {
        Argument<string> argument = new(name) { Description = description, HelpName = name, Arity = ArgumentArity.ZeroOrOne };
        argument.CompletionSources.Add(values);
        return argument;
    }

    private static string DescriptionOf(string what, string[] values) => $"{what}: {string.Join(", ", values)}.";

    private static string OneOf(ArgumentResult argument, string name, string[] values)
    {
        string text = argument.Tokens[0].Value;
        if (!values.Contains(text))
        {
            argument.AddError($"{name}: not one of {string.Join(", ", values)}: '{text}'");
        }

        return text;
    }
}
