using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace FdExporter.EndToEnd.Testing;

/// <summary>Where Alertmanager's notifications arrive: one entry for each alert of each notification.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    internal Webhook()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    internal Uri Address { get; }

    internal ConcurrentQueue<Notification> Received { get; } = new();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The listener was closed: the test is over.
                return;
            }

            using JsonDocument message = await JsonDocument.ParseAsync(context.Request.InputStream);
            foreach (JsonElement alert in message.RootElement.GetProperty("alerts").EnumerateArray())
            {
                Received.Enqueue(new Notification(
                    context.Request.Url!.AbsolutePath.TrimStart('/'),
                    alert.GetProperty("status").GetString()!,
                    TextsOf(alert.GetProperty("labels")),
                    TextsOf(alert.GetProperty("annotations"))));
            }

            context.Response.Close();
        }
    }

    private static Dictionary<string, string> TextsOf(JsonElement element)
        => element.EnumerateObject().ToDictionary(static each => each.Name, static each => each.Value.GetString()!);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    /// <param name="Receiver">The last part of the URL: page or ticket.</param>
    /// <param name="Status">firing or resolved.</param>
    internal sealed record Notification(
        string Receiver, string Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
    {
        internal string Alert => Labels["alertname"];

        internal string? Group => Labels.GetValueOrDefault("group");

        public override string ToString() => $"{Receiver} {Status} {string.Join(' ', Labels)} {Annotations.GetValueOrDefault("description")}";
    }
}
