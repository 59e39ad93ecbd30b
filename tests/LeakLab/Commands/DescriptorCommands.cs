using System.CommandLine;
using LeakLab.Leaks;

namespace LeakLab.Commands;

/// <summary>The verbs that make descriptors and processes.</summary>
internal static class DescriptorCommands
{
    private const int Most = 1_000_000;

    internal static Command Fds()
    {
        var command = new Command("fds", "Leak descriptors of one or more types");
        Option<string[]> types = new Option<string[]>("--type")
        {
            Description = "Type of the descriptors; repeatable",
            HelpName = "TYPE",
            Required = true,
        }.AcceptOnlyFromAmong(DescriptorType.All);
        types.Description += ": " + string.Join(' ', DescriptorType.All);
        Option<int> count = Options.Number("--count", "Number of descriptors of each type", 1, Most, otherwise: null);
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

    internal static Command Deleted()
    {
        var command = new Command("deleted", "Keep deleted files open");
        Option<int> count = Options.Number("--count", "Number of files", 1, Most, otherwise: 1);
        Option<long> bytes = Options.Bytes("--bytes", "Space of each file");
        Option<string> directory = Directory();
        Option<int> processes = Inheriting();
        command.Add(count);
        command.Add(bytes);
        command.Add(directory);
        command.Add(processes);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result),
            stop => new DeletedFiles(result.GetRequiredValue(directory), result.GetValue(count), result.GetValue(bytes), result.GetValue(processes), stop)));
        return command;
    }

    internal static Command Inotify()
    {
        var command = new Command("inotify", "Hold inotify instances and watches");
        Option<int> count = Options.Number("--count", "Number of instances", 1, Most, otherwise: 1);
        Option<int> watches = Options.Number("--watches", "Number of watches of each instance", 0, Most, otherwise: 0);
        Option<int> processes = Inheriting();
        command.Add(count);
        command.Add(watches);
        command.Add(processes);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result), stop => new Inotify(result.GetValue(count), result.GetValue(watches), result.GetValue(processes), stop)));
        return command;
    }

    internal static Command Mapped()
    {
        var command = new Command("mapped", "Open, map and close a file again and again: handles without a descriptor");
        Option<int> count = Options.Number("--count", "Number of mappings", 1, Most, otherwise: 1);
        Option<double?> rate = Options.Rate();
        Option<string> directory = Directory();
        command.Add(count);
        command.Add(rate);
        command.Add(directory);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result), stop => new Mapped(result.GetRequiredValue(directory), result.GetValue(count), result.GetValue(rate), stop)));
        return command;
    }

    private static Option<string> Directory()
        => new("--directory") { Description = "Where the files are created", HelpName = "DIR", DefaultValueFactory = static _ => Path.GetTempPath() };

    private static Option<int> Inheriting() => Options.Number("--processes", "Number of child processes (cat) that inherit them", 0, 20_000, otherwise: 0);

    internal static Command Processes()
    {
        var command = new Command("processes", "Start small child processes (cat) that inherit descriptors of /dev/null");
        Option<int> processes = Options.Number("--processes", "Number of processes", 1, 20_000, otherwise: null);
        Option<int> fds = Options.Number("--fds", "Number of descriptors of each process, in addition to 0, 1 and 2", 0, Most, otherwise: null);
        command.Add(processes);
        command.Add(fds);
        var common = new CommonOptions(command);
        command.SetAction(result => Lab.Run(
            common.Read(result), stop => new Processes(result.GetValue(processes), result.GetValue(fds), stop)));
        return command;
    }
}
