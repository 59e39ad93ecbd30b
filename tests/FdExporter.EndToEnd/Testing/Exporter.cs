using System.Globalization;
using System.Net.Http.Headers;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Testing;

/// <summary>The real binary, serving on a free port of 127.0.0.1. FD_EXPORTER names another build of it to test.</summary>
internal sealed class Exporter : IAsyncDisposable
{
    internal const string TextType = "text/plain";
    internal const string OpenMetricsType = "application/openmetrics-text";

    private Exporter(Child child, Uri address)
    {
        Child = child;
        Address = address;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
    }

    internal static string Binary { get; } = Environment.GetEnvironmentVariable("FD_EXPORTER")
        ?? Path.Combine(Repository.Root, "src", "FdExporter", "bin", "Release", "net10.0", "fd-exporter");

    internal Child Child { get; }

    internal Uri Address { get; }

    internal HttpClient Client { get; }

    /// <summary>Number and target of each of its descriptors.</summary>
    internal (int Number, string Target)[] Fds => Child.HasExited ? throw new InvalidOperationException($"it ended:\n{Child.Output}") : [.. Directory.GetFileSystemEntries($"/proc/{Child.Pid}/fd")
        .Select(static path => (int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), new FileInfo(path).LinkTarget ?? ""))];

    internal long ResidentKib => long.Parse(
        File.ReadLines($"/proc/{Child.Pid}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..^"kB".Length],
        CultureInfo.InvariantCulture);

    /// <summary>The descriptors that it holds in reserve.</summary>
    internal IEnumerable<int> Reserve => Fds.Where(static fd => fd.Target == "/").Select(static fd => fd.Number);

    internal static Task<Exporter> StartAsync(params IEnumerable<string> arguments) => StartAsAsync(Binary, arguments);

    /// <summary>
    /// Starts it through another program (setpriv, unshare), which becomes it. Names are shown at once, because tests start programs
    /// and look for them; tests of that delay set the flag themselves.
    /// </summary>
    internal static async Task<Exporter> StartAsAsync(string program, params IEnumerable<string> arguments)
    {
        bool isGiven = arguments.Any(static argument => argument.StartsWith("--limits.name-age", StringComparison.Ordinal));
        Child child = Child.Start(program, [.. arguments, "--web.listen-address=127.0.0.1:0", .. isGiven ? (string[])[] : ["--limits.name-age=0s"]]);
        try
        {
            // time=... level=INFO msg="Listening on" address=http://127.0.0.1:33459
            string line = await child.WaitForLineAsync("msg=\"Listening on\"");
            return new Exporter(child, new Uri(line[(line.IndexOf("address=", StringComparison.Ordinal) + "address=".Length)..]));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    internal async Task<Metrics> ScrapeAsync(string query = "") => Metrics.Parse(await GetAsync($"/metrics{query}"));

    internal async Task<string> GetAsync(string path, string? accept = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {body}\n{Child.Output}");
        return body;
    }

    /// <summary>Sends a request as a remote client, forwarded by a proxy on this machine.</summary>
    internal async Task<string> GetAsStrangerAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Via", "1.1 proxy");
        using HttpResponseMessage response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Child.DisposeAsync();
    }
}
