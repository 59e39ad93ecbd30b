using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace FdExporter.EndToEnd.Testing;

/// <summary>One alert as a receiver of Alertmanager gets it.</summary>
/// <param name="Receiver">The receiver: the path of the request.</param>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
internal sealed record Notice(string Receiver, string Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    internal bool Is(string alert, string? group, string status)
        => Status == status && Labels["alertname"] == alert && Labels.GetValueOrDefault("group") == group;

    public override string ToString() => $"{Receiver} {Status} {string.Join(' ', Labels)} {Annotations.GetValueOrDefault("description")}";
}

/// <summary>The webhook that the receivers of Alertmanager call; keeps their messages.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Notice> _notices = new();
    private readonly Task _serving;

    internal Webhook()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    internal Uri Address { get; }

    internal IReadOnlyCollection<Notice> Notices => _notices;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

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

            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.InputStream);
            string receiver = context.Request.Url!.AbsolutePath.TrimStart('/');
            foreach (JsonElement alert in body.RootElement.GetProperty("alerts").EnumerateArray())
            {
                _notices.Enqueue(new Notice(
                    receiver,
                    alert.GetProperty("status").GetString()!,
                    alert.GetProperty("labels").Deserialize<Dictionary<string, string>>()!,
                    alert.GetProperty("annotations").Deserialize<Dictionary<string, string>>()!));
            }

            context.Response.Close();
        }
    }
}
