using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// Fourteen hours with more and more idle connections. The rule needs most of them: an hour until a connection is idle, then nine
/// and a half of growth, then half an hour. The kernel measures how long a connection is idle, so the kernel, the program and
/// the exporter run in a virtual machine whose clock does not wait while nothing happens: <c>tests/kernels/hours</c>. It has no .NET,
/// so the program is <c>tests/kernels/lab.c</c> and not LeakLab.
/// </summary>
/// <remarks>
/// Everything is real and runs anew each time: the kernel and its ages, the exporter and its verdict, Prometheus with the rules,
/// Alertmanager. Two things differ from real life. The hours of that machine pass unevenly, so the exporter's answers, one for
/// each ten minutes, are stored and then served to Prometheus evenly, one in each second. And the rules' durations are shorter in
/// the same proportion.
/// </remarks>
internal sealed partial class IdleHours : IAsyncDisposable
{
    internal const string Program = "orders";

    /// <summary>What the exporter was told to be its address.</summary>
    internal const string Page = "http://machine.example.com:10070";

    private const int SIGTERM = 15;
    private const int Times = 600;
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(10) / Times;

    private readonly string _folder;
    private readonly CancellationTokenSource _over = new();
    private readonly HttpListener _exporter = new();
    private byte[][] _answers = [];
    private volatile bool _hasEnded;
    private Task _serving = Task.CompletedTask;
    private PrometheusServer? _prometheus;

    /// <summary>Begins; see <see cref="Ready"/>.</summary>
    /// <param name="folder">A folder that it creates.</param>
    /// <param name="alertmanager">The Alertmanager that gets the alerts.</param>
    internal IdleHours(string folder, Uri alertmanager)
    {
        _folder = folder;
        Ready = StartAsync(alertmanager);
    }

    /// <summary>The hours have passed in the virtual machine, and Prometheus begins to scrape it.</summary>
    internal Task Ready { get; }

    /// <summary>The pid of the program.</summary>
    internal string Pid => ReadResult("pid").Trim();

    /// <summary>The output of <c>explain</c> after these hours, in one line.</summary>
    internal string Verdict => WhiteSpace().Replace(ReadResult("explain"), " ");

    /// <summary>Prometheus gets the last answer: the program has ended.</summary>
    internal void EndProgram() => _hasEnded = true;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();

        // The test that waits for it reports a failure.
        await Ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        _exporter.Close();
        await _serving;
        _over.Dispose();
    }

    private string ReadResult(string name) => File.ReadAllText(Path.Combine(_folder, "results", name));

    private async Task StartAsync(Uri alertmanager)
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "the kernel that tests/kernels/install takes is for x86-64");
        string boot = Path.Combine(Repository.Root, "tests", "kernels", "boot");

        // It computes for most of a minute, and must not delay what is measured in seconds.
        await using (Child machine = Child.Start("nice", "-n", "5", boot, NativeBuild.Binary, _folder, "hours"))
        {
            using CancellationTokenRegistration end = _over.Token.Register(() => Child.Signal(machine.Pid, SIGTERM));
            Assert.True(await machine.WaitForExitAsync(TimeSpan.FromMinutes(8)) == 0, machine.Output);
        }

        // In the first hour no connection can have been idle for an hour.
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(_folder, "results"), "metrics.*").Order(StringComparer.Ordinal);
        _answers = [.. files.Skip(5).Select(File.ReadAllBytes)];
        string address = $"127.0.0.1:{FreePort.Find()}";
        _exporter.Prefixes.Add($"http://{address}/");
        _exporter.Start();
        _serving = ServeAsync();

        // A sample for every five minutes: the shortest range of the growth rules is ten minutes.
        string file = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
            rule_files: [fd-exporter.rules.yml]
            alerting: {alertmanagers: [{static_configs: [{targets: ['{{alertmanager.Authority}}']}]}]}
            scrape_configs:
              - job_name: fd-exporter
                static_configs: [{targets: ['{{address}}']}]
            """);
        ShortenedRules.WriteRules(_folder, Times);
        _prometheus = PrometheusServer.Start(file, Path.Combine(_folder, "prometheus"));
    }

    /// <summary>Serves each answer for its ten minutes, from the first scrape on.</summary>
    private async Task ServeAsync()
    {
        Stopwatch? passed = null;
        while (_exporter.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _exporter.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The listener was closed: the test is over.
                return;
            }

            passed ??= Stopwatch.StartNew();
            byte[] answer = _answers[_hasEnded ? ^1 : Math.Min((int)(passed.Elapsed / s_step), _answers.Length - 2)];
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            context.Response.Close(answer, willBlock: false);
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
