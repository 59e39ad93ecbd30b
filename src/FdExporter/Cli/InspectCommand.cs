using System.Globalization;
using System.Text.Json;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis.Wording;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter inspect PID</c>: lists the descriptors of one process, like <c>lsof -p</c>, and groups similar ones.</summary>
internal static class InspectCommand
{
    /// <summary>Number of kinds, and of descriptors, that are listed without --all.</summary>
    internal const int Few = 20;

    /// <returns>0 if its descriptors were read; otherwise 1, even if other facts about it were printed.</returns>
    internal static int Run(ExporterOptions options, InspectRequest request) => LocalHost.Run(options, host =>
    {
        string pid = request.Pid.ToString(CultureInfo.InvariantCulture);
        // Other processes may hold the same sockets; only a scan of all of them shows that.
        _ = host.Scan(LocalHost.NewDeadline());
        InspectionAnswer answer = host.Inspect(request.Pid);
        if (answer.ThreadOf is { } process)
        {
            return Output.Fail(HumanText.ThreadOf(request.Pid, in process));
        }

        if (answer.Inspection is not { } inspection)
        {
            return Output.Fail($"there is no process {pid}, or it is hidden");
        }

        Details details = LocalHost.DetailsOf(inspection);
        inspection = details.CommandLine ? inspection : inspection with { Arguments = [] };
        FdList list = FdList.Of(inspection, details, request.Filter, 0, request.All || request.Json ? ProcessInspection.MostListed : Few);
        Output.Print(request.Json
            ? JsonSerializer.Serialize(InspectionDocument.Of(inspection, null, list, details), DocumentJson.Default.InspectionDocument) + "\n"
            : InspectionText.Of(inspection, list, request, Display.Current()));
        return details != Details.All
            ? Output.Fail($"this program has privileges of its own (setcap, setuid): only root and the user of process {pid} see its paths, command line and client addresses")
            : inspection.IsVisible ? 0
            : Output.Fail($"access to the descriptors of process {pid} is denied. {inspection.Coverage.AdviceInOneLine}");
    });
}
