using System.Text;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Processes whose names contain terminal control sequences.</summary>
public class HostileNamesTests
{
    /// <summary>
    /// Clears the screen, sets the title, reverses the following text, C1 alone, half a character, and the escaped form of the first.
    /// </summary>
    private static readonly string[] s_names = [@"\x1b[2Jx", @"\x1b]0;x\x07", @"a\xe2\x80\xaex", @"a\xc2\x9b31m", @"a\x9b31m", @"a\xe3\x82", @"\x5cx1b[2Jx"];

    [Fact]
    public async Task NamesOfProcesses_AreEscaped_AndStayDistinct()
    {
        List<Child> children = [];
        try
        {
            foreach (string name in s_names)
            {
                Child child = Child.Start("bash", "-c", $"printf '%b' \"$0\" > /proc/$$/comm; echo ready; read go", name);
                children.Add(child);
                await child.WaitForLineAsync("ready");
            }

            await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
            string metrics = await exporter.GetAsync("/metrics");
            string[] processes = [.. children.Select(child => LabelOf(metrics, child.Pid, "process"))];
            Assert.Equal(s_names.Length, processes.Distinct().Count());
            Assert.Equal(s_names.Length, children.Select(child => LabelOf(metrics, child.Pid, "group")).Distinct().Count());
            Assert.Equal(@"\\x1b[2Jx", processes[0]);
            Assert.Equal(@"a\\xe3\\x82", processes[5]);
            Assert.Equal(@"\\x5cx1b[2Jx", processes[6]);
            foreach (string path in (string[])["/metrics", "/", "/explain", "/api/v1/host", "/api/v1/processes?limit=1000", $"/process/{children[0].Pid}", $"/api/v1/processes/{children[2].Pid}"])
            {
                Assert.DoesNotContain((await exporter.GetAsync(path)).EnumerateRunes(), static rune => IsObeyed(rune));
            }
        }
        finally
        {
            foreach (Child child in children)
            {
                await child.DisposeAsync();
            }
        }
    }

    private static bool IsObeyed(Rune rune) => rune.Value is not ('\n' or '\t') && (Rune.IsControl(rune) || rune.Value is >= 0x202a and <= 0x202e or >= 0x2066 and <= 0x2069 or 0xfffd);

    private static string LabelOf(string metrics, int pid, string label)
    {
        string line = metrics.Split('\n').Single(line => line.StartsWith("fd_process_info{", StringComparison.Ordinal) && line.Contains($",pid=\"{pid}\"", StringComparison.Ordinal));
        string rest = line[(line.IndexOf($"{label}=\"", StringComparison.Ordinal) + label.Length + 2)..];
        return rest[..rest.IndexOf("\",", StringComparison.Ordinal)];
    }
}
