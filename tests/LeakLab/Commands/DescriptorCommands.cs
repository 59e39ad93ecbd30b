using System.CommandLine;
using LeakLab.Leaks;

namespace LeakLab.Commands;

/// <summary>The verbs that make descriptors and processes.</summary>
internal static class DescriptorCommands
{
    private const int Most = 1_000_000;

    internal static Command Fds()
    {
        var command = new Command("fds", "Descriptors of a type");
        Option<string[]> types = new Option<string[]>("--type")
        {
            Description = "The type; may be given several times",
            HelpName = "TYPE",
            Required = true,
        }.AcceptOnlyFromAmong(DescriptorType.All);
        types.Description += ": " + string.Join(' ', DescriptorType.All);
        Option<int> count = Options.Number("--count", "How many of each type", 1, Most, otherwise: null);
        Option<double?> rate = Options.Rate();
        command.Add(types);
        command.Add(count);
        command.Add(rate);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result),
            stop => new Descriptors(result.GetRequiredValue(types), result.GetValue(count), result.GetValue(rate), stop)));
        return command;
    }

    internal static Command Processes()
    {
        var command = new Command("processes", "Light child processes (cat) that inherit descriptors of /dev/null");
        Option<int> processes = Options.Number("--processes", "How many processes", 1, 20_000, otherwise: null);
        Option<int> fds = Options.Number("--fds", "How many descriptors each, beside 0, 1 and 2", 0, Most, otherwise: null);
        command.Add(processes);
        command.Add(fds);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result), stop => new Processes(result.GetValue(processes), result.GetValue(fds), stop)));
        return command;
    }
}
