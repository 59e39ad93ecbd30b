using FdExporter.Diagnosis;
using FdExporter.Model;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Corpus;

/// <summary>All labelled programs at once on this machine for ten hours of theirs, and what the verdict said in each minute.</summary>
public sealed class LivedPrograms : IAsyncLifetime
{
    private const int Minutes = 10 * 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<Life> _lives = [];

    internal IReadOnlyList<Life> All => _lives;

    public async ValueTask InitializeAsync()
    {
        List<RunningProgram> programs = [];
        using SteppedHost host = new();
        try
        {
            programs.AddRange(LabelledProgram.All.Select(labelled => RunningProgram.Start(labelled, _folder)));
            _lives.AddRange(programs.Select(static program => new Life(program.Labelled, new LivedSeries(null, 0, 0, null, ""), 0)));
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
                    Life life = _lives[i];
                    Finding? worst = view.Verdict.Findings.FirstOrDefault(programs[i].IsMeantBy);
                    _lives[i] = life with
                    {
                        Said = worst is null ? life.Said : life.Said.With(minute, worst),
                        MostFds = Math.Max(life.MostFds, programs[i].LargestIn(table)),
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
    internal sealed record Life(LabelledProgram Program, LivedSeries Said, long MostFds);
}
