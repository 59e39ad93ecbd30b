using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Corpus;

/// <summary>All labelled programs at once on this machine for ten hours of their clock, and the verdict in each minute.</summary>
public sealed class ProgramVerdicts : IAsyncLifetime
{
    private const int Minutes = 10 * 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<Result> _results = [];

    internal IReadOnlyList<Result> All => _results;

    public async ValueTask InitializeAsync()
    {
        List<RunningProgram> programs = [];
        using SteppedHost host = new();
        try
        {
            programs.AddRange(LabelledProgram.All.Select(labelled => RunningProgram.Start(labelled, _folder)));
            _results.AddRange(programs.Select(static program => new Result(program.Labelled, new SeriesVerdicts(null, 0, 0, null, ""), 0)));
            await WaitAsync(programs);
            for (int minute = 0; minute < Minutes; minute++)
            {
                foreach (RunningProgram program in programs)
                {
                    await program.TellAsync(minute);
                }

                await WaitAsync(programs);
                HostView view = await host.ViewAsync(TestContext.Current.CancellationToken);
                ProcessTable table = view.Host.Snapshot.Processes!;
                for (int i = 0; i < programs.Count; i++)
                {
                    Result result = _results[i];
                    Finding? worst = view.Verdict.Findings.FirstOrDefault(programs[i].IsMeantBy);
                    _results[i] = result with
                    {
                        Verdicts = worst is null ? result.Verdicts : result.Verdicts.With(minute, worst),
                        MostFds = Math.Max(result.MostFds, programs[i].LargestIn(table)),
                    };
                }

                host.Advance(TimeSpan.FromMinutes(1));
            }
        }
        finally
        {
            programs.ForEach(static program => program.Dispose());
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task WaitAsync(List<RunningProgram> programs)
    {
        foreach (RunningProgram program in programs)
        {
            await program.WaitAsync();
        }
    }

    /// <param name="MostFds">The most descriptors that one of its processes held.</param>
    internal sealed record Result(LabelledProgram Program, SeriesVerdicts Verdicts, long MostFds);
}
