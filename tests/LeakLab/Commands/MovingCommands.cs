using System.CommandLine;
using LeakLab.Leaks;
using LeakLab.Workers;

namespace LeakLab.Commands;

/// <summary>The verbs whose connections come and go, and that of their processes.</summary>
internal static class MovingCommands
{
    private static readonly TimeSpan s_probeEvery = TimeSpan.FromSeconds(10);

    internal static Command Churn()
    {
        var command = new Command("churn", "Replace connections continuously, in one or several processes that connect to themselves");
        Option<int> processes = Options.Number("--processes", "Number of processes", 1, 100, otherwise: 1);
        Option<int> connections = Options.Number("--connections", "Number of connections of each process; each has two descriptors", 1, 50_000, otherwise: null);
        Option<double?> rate = Options.Rate("--rate", "Number of connections of each process to replace per second");
        rate.Required = true;
        command.Add(processes);
        command.Add(connections);
        command.Add(rate);
        var common = new CommonOptions(command);
        command.SetAction(result =>
        {
            LabSettings settings = common.Read(result);
            WorkerSettings worker = new(settings.Name, result.GetValue(connections), result.GetValue(rate), null, null, BringUpLoopback: false);
            return Lab.Run(settings, stop => new MovingConnections(
                "churn", [.. Enumerable.Repeat(worker, result.GetValue(processes))], inNamespaces: false, stop));
        });
        return command;
    }

    internal static Command Pods()
    {
        var command = new Command("pods", "Start processes in their own network namespaces, each with idle connections to itself and health checks");
        Option<int> count = Options.Number("--count", "Number of namespaces", 1, 2000, otherwise: null);
        Option<int> connections = Options.Number("--connections", "Number of connections in each; each has two descriptors", 0, 50_000, otherwise: 20);
        Option<TimeSpan?> every = Options.Time("--probe-every", "Interval of the health checks, short connections spread evenly over it [default: 10s]");
        command.Add(count);
        command.Add(connections);
        command.Add(every);
        var common = new CommonOptions(command);
        command.SetAction(result =>
        {
            LabSettings settings = common.Read(result);
            int number = result.GetValue(count);
            TimeSpan interval = result.GetValue(every) ?? s_probeEvery;
            return Lab.Run(settings, stop => new MovingConnections(
                "pods",
                [.. Enumerable.Range(0, number).Select(i => new WorkerSettings(
                    settings.Name, result.GetValue(connections), null, interval, interval * i / number, BringUpLoopback: true))],
                inNamespaces: true,
                stop));
        });
        return command;
    }

    internal static Command Worker()
    {
        var name = new Option<string>("--name");
        Option<int> connections = Options.Number("--connections", "", 0, int.MaxValue, otherwise: 0);
        Option<double?> replace = Options.Rate("--replace", "");
        Option<TimeSpan?> every = Options.Time("--probe-every", "");
        Option<TimeSpan?> after = Options.Time("--probe-after", "");
        var loopback = new Option<bool>("--bring-up-loopback");
        var command = new Command("worker") { name, connections, replace, every, after, loopback };
        command.Hidden = true;
        command.SetAction(result => Workers.Worker.Run(new WorkerSettings(
            result.GetRequiredValue(name),
            result.GetValue(connections),
            result.GetValue(replace),
            result.GetValue(every),
            result.GetValue(after),
            result.GetValue(loopback))));
        return command;
    }
}
