using System.Net;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>A web configuration is overwritten while clients without a password keep sending requests.</summary>
public sealed class WebConfigAttackTests
{
    private const string Users = "basic_auth_users:\n  prometheus: " + SecuredExporter.SecretHash + "\n";

    private static readonly string[] s_password = ["--user", "prometheus:secret"];

    [Fact]
    public async Task FileWrittenInPlace_AndThenEmptied_StillRequiresThePassword()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(Users);
        using CancellationTokenSource stop = new();
        Task<List<HttpStatusCode>>[] strangers = [.. Enumerable.Range(0, 4).Select(_ => AskAsync(exporter.Address, stop.Token))];

        // Like editors and cp; each half is there for longer than the reader waits.
        for (int write = 0; write < 3; write++)
        {
            foreach (string half in (string[])["", Users[..Users.IndexOf('\n', StringComparison.Ordinal)], "http_server_config: {http2: true}\n"])
            {
                await File.WriteAllTextAsync(exporter.ConfigFile, half);
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }

            await File.WriteAllTextAsync(exporter.ConfigFile, Users);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        await File.WriteAllTextAsync(exporter.ConfigFile, "");
        await exporter.Child.WaitForLineAsync("document: enables no protection");
        await stop.CancelAsync();
        foreach (List<HttpStatusCode> answers in await Task.WhenAll(strangers))
        {
            Assert.True(answers.Count > 100, $"only {answers.Count} were answered");
            Assert.All(answers, static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        }

        Assert.Equal(0, (await exporter.ScrapeAsync(s_password))["fd_exporter_web_config_last_reload_successful"]);
        (int exitCode, _, string error) = await Child.RunAsync(
            Exporter.Binary, null, $"--web.config.file={exporter.ConfigFile}", "--log.level=warn", "--web.listen-address=127.0.0.1:0");
        Assert.Equal(1, exitCode);
        Assert.Contains("web.yml:1: document: enables no protection", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static async Task<List<HttpStatusCode>> AskAsync(string address, CancellationToken stop)
    {
        using HttpClient client = new();
        List<HttpStatusCode> answers = [];
        while (!stop.IsCancellationRequested)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"{address}/metrics"), CancellationToken.None);
            answers.Add(response.StatusCode);
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }

        return answers;
    }
}
