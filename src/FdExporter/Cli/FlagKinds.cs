using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FdExporter.Configuration;

namespace FdExporter.Cli;

/// <summary>Kinds of flags and arguments. An invalid value is refused with an error that names the flag and the value.</summary>
internal static class FlagKinds
{
    private static readonly TimeSpan s_minTime = TimeSpan.FromMilliseconds(100);

    /// <summary>A whole number within bounds.</summary>
    /// <param name="defaultValue">Null if the description states the default; the value is then 0.</param>
    internal static Option<int> Number(string name, int? defaultValue, int min, int max, string description)
    {
        Option<int> option = new(name) { Description = description, HelpName = "number", DefaultValueFactory = defaultValue is { } value ? _ => value : null };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < min || number > max)
            {
                argument.AddError($"{name}: not a number from {min} to {max}: '{text}'");
            }

            return number;
        };
        return option;
    }

    /// <summary>A regular expression in RE2 syntax.</summary>
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

    /// <summary>An interval between repeated scans. It has a minimum, so that scans do not keep the machine busy.</summary>
    internal static Option<string> Time(string name, string defaultValue, string description)
    {
        Option<string> option = new(name) { Description = description, HelpName = "duration", DefaultValueFactory = _ => defaultValue };
        option.CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (TimeOf(text) < s_minTime)
            {
                argument.AddError($"{name}: not a duration of 100ms or more such as {defaultValue}: '{text}'");
            }

            return text;
        };
        return option;
    }

    /// <summary>The value of a <see cref="Time"/> flag; zero if it is not valid.</summary>
    internal static TimeSpan TimeOf(string text) => Duration.TryParse(text, out TimeSpan time) ? time : TimeSpan.Zero;

    /// <summary>A process, as the argument of a verb.</summary>
    internal static Argument<int> Pid(string name) => new(name)
    {
        Description = "Process ID.",
        CustomParser = static argument =>
        {
            string text = argument.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid == 0)
            {
                argument.AddError($"not a process ID: '{text}'");
            }

            return pid;
        },
    };

    internal static Option<string> Choice(string name, string description, string defaultValue, params string[] values)
    {
        Option<string> option = new(name)
        {
            Description = DescriptionOf(description, values),
            HelpName = "name",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = argument => OneOf(argument, name, values),
        };
        option.CompletionSources.Add(values);
        return option;
    }

    /// <summary>A required word, as the argument of a verb.</summary>
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

    /// <summary>An optional word, as the argument of a verb. The verb itself refuses unknown words.</summary>
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
