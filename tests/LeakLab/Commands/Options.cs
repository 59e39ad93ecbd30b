using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace LeakLab.Commands;

/// <summary>Options by the kind of their value, so that a bad value is refused with one line that names the option.</summary>
internal static class Options
{
    internal static Option<int> Number(string name, string help, int least, int most, int? otherwise)
    {
        var option = new Option<int>(name) { Description = help, HelpName = "N", Required = otherwise is null };
        if (otherwise is int value)
        {
            option.DefaultValueFactory = _ => value;
        }

        option.CustomParser = result =>
        {
            bool valid = int.TryParse(Text(result), CultureInfo.InvariantCulture, out int number) && number >= least && number <= most;
            return valid ? number : Refuse<int>(result, name, $"a whole number from {least} to {most}");
        };
        return option;
    }

    internal static Option<long> Bytes(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "BYTES",
        DefaultValueFactory = static _ => 0,
        CustomParser = result => long.TryParse(Text(result), CultureInfo.InvariantCulture, out long bytes) && bytes >= 0
            ? bytes
            : Refuse<long>(result, name, "a number of bytes"),
    };

    internal static Option<double?> Rate() => Rate("--rate", "Number per second [default: as fast as possible]");

    internal static Option<double?> Rate(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "R",
        CustomParser = result
            => double.TryParse(Text(result), CultureInfo.InvariantCulture, out double rate) && rate is > 0 and < 1e6
                ? rate
                : Refuse<double?>(result, name, "a number above 0"),
    };

    internal static Option<TimeSpan?> Time(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "TIME",
        CustomParser = result => Duration.TryParse(Text(result), out TimeSpan time)
            ? time
            : Refuse<TimeSpan?>(result, name, "a time such as 500ms, 60s, 10m or 1h"),
    };

    internal static Option<IPAddress?> Address(string name, string help) => new(name)
    {
        Description = help,
        HelpName = "IP",
        CustomParser = result => IPAddress.TryParse(Text(result), out IPAddress? address) && IPAddress.IsLoopback(address)
            ? address
            : Refuse<IPAddress?>(result, name, "a loopback address"),
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string name, string wanted)
    {
        result.AddError($"{name} takes {wanted}, not '{Text(result)}'.");
        return default;
    }
}
