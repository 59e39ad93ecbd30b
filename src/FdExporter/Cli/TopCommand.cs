using System.Diagnostics;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter top</c>: lists the processes with most descriptors, once or repeatedly.</summary>
internal static class TopCommand
{
    internal static int Run(ExporterOptions options, TopRequest request)
        => LocalHost.Run(options, host => request.Watch ? Watch(host, request) : Once(host, request));

    private static int Once(LocalHost host, TopRequest request)
    {
        FdBaseline? first = null;
        TimeSpan? over = null;
        if (request.Order == ProcessOrder.Growth)
        {
            Stopwatch since = Stopwatch.StartNew();
            first = BaselineOf(host.Scan(LocalHost.NewDeadline()));
            Thread.Sleep(WatchSignals.Milliseconds(request.Interval - since.Elapsed));
            over = since.Elapsed;
        }

        Show(TopView.Of(host.Scan(LocalHost.NewDeadline()), request.Order, first, over), request, "");
        return 0;
    }

    /// <summary>Uses one scanner, which reads only changes after its first scan.</summary>
    private static int Watch(LocalHost host, TopRequest request)
    {
        using Screen screen = new();
        using WatchSignals signals = new(screen.Leave);
        Stopwatch since = Stopwatch.StartNew();
        TimeSpan began = since.Elapsed;
        FdBaseline? first = null;
        bool isInPlace = !request.Json && Display.Current().IsAddressable;
        for (TimeSpan started = began; ; started = since.Elapsed)
        {
            Deadline deadline = LocalHost.NewDeadline();
            signals.CancelAtEnd(deadline);
            HostSnapshot snapshot = host.Scan(deadline);
            if (signals.HasEnded)
            {
                return 0;
            }

            string separator = first is null ? "" : "\n";
            first ??= BaselineOf(snapshot);
            TopView view = TopView.Of(snapshot, request.Order, first, started - began);
            bool mustDraw = true;
            do
            {
                if (mustDraw && !(isInPlace ? Draw(screen, view, request) : Show(view, request, separator)))
                {
                    return 0;
                }

                // The terminal may have been resized, or another program may have drawn on it.
                mustDraw = isInPlace;
            }
            while (signals.Wait(started + request.Interval - since.Elapsed) && !signals.HasEnded);

            if (signals.HasEnded)
            {
                return 0;
            }
        }
    }

    private static FdBaseline? BaselineOf(HostSnapshot snapshot) => snapshot.Processes is { } table ? new FdBaseline(table) : null;

    private static bool Show(TopView view, TopRequest request, string separator)
    {
        Display display = Display.Current();
        if (request.Json)
        {
            return Output.Print(view.Json(request.Rows ?? TopRequest.DefaultRows));
        }

        string head = request.Watch ? separator + TerminalText.KeepStart(view.Headline, display.Width) + "\n" : "";
        int rows = request.RowsIn(display.Height, besides: request.Watch ? 3 : 2);
        return Output.Print(head + string.Concat(view.Table(rows, display).Select(static line => line.Text + "\n")));
    }

    private static bool Draw(Screen screen, TopView view, TopRequest request)
    {
        Display display = Display.Current();
        string head = TerminalText.KeepStart(view.Headline, display.Width);

        // Without the headline and the line of the cursor.
        int room = display.Height is { } height ? Math.Max(0, height - 2) : int.MaxValue;
        IReadOnlyList<TerminalLine> table = view.Table(Math.Clamp(room - 1, 0, request.RowsIn(display.Height, besides: 3)), display);
        return screen.TryDraw([new TerminalLine(head, TerminalText.WidthOf(head)), .. table.Take(room)], display.Width);
    }
}
