using System.Collections.Concurrent;
using System.Net;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// Stands between Prometheus and the exporter and changes only the Accept header: Prometheus cannot be configured to request
/// one of the two formats.
/// </summary>
internal sealed class AcceptRelay : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Exporter _exporter;
    private readonly string _accept;
    private readonly Task _serving;

    internal AcceptRelay(Exporter exporter, string accept)
    {
        _exporter = exporter;
        _accept = accept;
        Address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    internal Uri Address { get; }

    /// <summary>The media types of the answers.</summary>
    internal ConcurrentQueue<string> Formats { get; } = new();

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

            using HttpRequestMessage request = new(HttpMethod.Get, context.Request.RawUrl);
            request.Headers.Add("Accept", _accept);
            using HttpResponseMessage response = await _exporter.Client.SendAsync(request);
            Formats.Enqueue(response.Content.Headers.ContentType!.MediaType!);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType.ToString();
            await response.Content.CopyToAsync(context.Response.OutputStream);
            context.Response.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }
}
