using System.Buffers;
using System.IO.Pipelines;
using FdExporter.Metrics;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FdExporter.Web.Security;

/// <summary>Adds TLS to a port, and reports failed handshakes.</summary>
internal sealed partial class TlsListener(WebSecurity security, ILogger<TlsListener> logger)
{
    internal void Use(ListenOptions listen)
    {
        // HTTP/2 is negotiated with each client by ALPN.
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection => WatchAsync(connection, next));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = ServerLimits.FirstRequest,
            OnConnection = context =>
            {
                TlsMaterial material = security.Current().Tls!;
                TlsAttempt attempt = AttemptOf(context.Connection);
                if (material.Supports(context.ClientHelloInfo.SslProtocols))
                {
                    attempt.Fail(TlsFailure.Handshake, "the client closed the connection, or supports none of the cipher suites");
                }
                else
                {
                    attempt.Fail(TlsFailure.Protocol, $"the client offers {context.ClientHelloInfo.SslProtocols}");
                }

                return ValueTask.FromResult(material.OptionsFor(attempt));
            },
        });
        listen.Use(next => connection =>
        {
            AttemptOf(connection).Succeed();
            return next(connection);
        });
    }

    private async Task WatchAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        TlsAttempt attempt = new();
        connection.Features.Set(attempt);
        if (await IsPlainHttpAsync(connection).ConfigureAwait(false))
        {
            attempt.Fail(TlsFailure.PlainHttp, "plain HTTP on a TLS port");
            await connection.Transport.Output.WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray()).ConfigureAwait(false);
        }
        else
        {
            await next(connection).ConfigureAwait(false);
        }

        if (attempt.Failure is { } failure)
        {
            security.Metrics.CountTlsFailure(failure);
            if (failure != TlsFailure.NoHello)
            {
                LogFailure(connection.RemoteEndPoint?.ToString() ?? "", WebMetrics.LabelOf(failure), attempt.Detail);
            }
        }
    }

    /// <summary>The inspected bytes stay for the next reader.</summary>
    private static async Task<bool> IsPlainHttpAsync(ConnectionContext connection)
    {
        PipeReader input = connection.Transport.Input;
        try
        {
            ReadResult result = await input.ReadAsync(connection.ConnectionClosed).ConfigureAwait(false);
            ReadOnlySequence<byte> start = result.Buffer;

            // Each HTTP method begins with a capital letter, a TLS record with the byte 22.
            bool isMethod = !start.IsEmpty && start.FirstSpan[0] is >= (byte)'A' and <= (byte)'Z';
            input.AdvanceTo(start.Start);
            return isMethod;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private static TlsAttempt AttemptOf(BaseConnectionContext connection) => connection.Features.Get<TlsAttempt>()!;

    [LoggerMessage(Level = LogLevel.Warning, Message = "TLS handshake failed")]
    private partial void LogFailure(string client, string reason, string detail);
}
