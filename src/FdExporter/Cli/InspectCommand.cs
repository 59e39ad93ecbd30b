using System.Globalization;
using System.Text.Json;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Api;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter inspect PID</c>: one process, descriptor by descriptor: what <c>lsof -p</c> would say, and which are alike.</summary>
internal static class InspectCommand
{
    /// <summary>Kinds, and descriptors, that are listed unless all are asked for.</summary>
    internal const int Few = 20;

    /// <returns>0 when it could be looked into; 1 when not, also when what may be known of it has been printed.</returns>
    internal static int Run(ExporterOptions options, InspectRequest request) => LocalHost.Run(options, host =>
    {
        string pid = request.Pid.ToString(CultureInfo.InvariantCulture);
        // Whose its sockets are, where others hold them too, only a look at all of them can tell.
        _ = host.Scan(LocalHost.NewDeadline());
        InspectionAnswer answer = host.Inspect(request.Pid);
        if (answer.ThreadOf is { } process)
        {
            return LocalHost.Fail(HumanText.ThreadOf(request.Pid, in process));
        }

        if (answer.Inspection is not { } inspection)
        {
            return LocalHost.Fail($"there is no process {pid}, or it may not be seen");
        }

        Details details = LocalHost.DetailsOf(inspection);
        inspection = details.CommandLine ? inspection : inspection with { Arguments = [] };
        FdList list = FdList.Of(inspection, details, request.Filter, 0, request.All || request.Json ? ProcessInspection.MostListed : Few);
        Output.Print(request.Json
            ? JsonSerializer.Serialize(InspectionDocument.Of(inspection, null, list, details), ApiJson.Default.InspectionDocument) + "\n"
            : InspectionText.Of(inspection, list, request, Display.Current()));
        return details != Details.All
            ? LocalHost.Fail($"this program lends you rights (setcap, setuid): paths, command line and addresses of clients are for root and the user of process {pid}")
            : inspection.IsVisible ? 0
            : LocalHost.Fail($"access to the descriptors of process {pid} is denied. {inspection.Coverage.AdviceInOneLine}");
    });
}
