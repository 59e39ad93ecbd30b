using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using FdExporter.Configuration;

namespace FdExporter.Web.Serving;

/// <summary>
/// Checks whether a local server of this program answers. Uses a socket, because a server that requires certificates can only be checked
/// below HTTP. An HTTP client is no smaller and no slower (measured).
/// </summary>
/// <param name="config">How the port is protected; null if unknown.</param>
internal sealed class HealthProbe(WebConfig? config)
{
    private static readonly byte[] s_request = "GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray();

    /// <summary>
    /// Answers of a healthy server. The probe has no password and may exceed the rate limit: a refusal shows that the server answers.
    /// </summary>
    private static readonly string[] s_healthyAnswers = ["HTTP/1.1 200", "HTTP/1.1 401", "HTTP/1.1 429"];

    /// <returns>Null if it answers; otherwise a short reason.</returns>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    internal async Task<string?> AskAsync(ListenAddress address, CancellationToken cancellation)
    {
        if (address.Port == 0)
        {
            return "the port chosen by the kernel is unknown";
        }

        try
        {
            IPAddress host = ReachableAt(address);
            using Socket socket = new(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, address.Port, cancellation).ConfigureAwait(false);
            using NetworkStream connection = new(socket);
            return config switch
            {
                // The probe has no client certificate; each handshake without one would be a warning in the server's log.
                null or { Tls.ClientAuth: ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert }
                    => await CheckCloseAsync(socket, connection, cancellation).ConfigureAwait(false),
                { Tls: not null } => await AskOverTlsAsync(connection, cancellation).ConfigureAwait(false),
                _ => await AskAsync(connection, cancellation).ConfigureAwait(false),
            };
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            return exception.Message;
        }
    }

    /// <summary>The address to connect to from this machine.</summary>
    private static IPAddress ReachableAt(ListenAddress address) => address.Host switch
    {
        null => IPAddress.Loopback,
        var host when host.Equals(IPAddress.Any) => IPAddress.Loopback,
        var host when host.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback,
        var host => host,
    };

    private static async Task<string?> AskAsync(Stream connection, CancellationToken cancellation)
    {
        await connection.WriteAsync(s_request, cancellation).ConfigureAwait(false);
        byte[] answer = new byte[s_healthyAnswers[0].Length];
        int length = await connection.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        string status = Encoding.ASCII.GetString(answer, 0, length);
        return s_healthyAnswers.Contains(status, StringComparer.Ordinal) ? null : length == 0 ? "closed the connection without an answer" : $"answers '{status}'";
    }

    private static async Task<string?> AskOverTlsAsync(Stream connection, CancellationToken cancellation)
    {
        // The address need not be in the certificate, and no secret is sent.
#pragma warning disable CA5359
        using SslStream secured = new(connection, leaveInnerStreamOpen: true, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, cancellation).ConfigureAwait(false);
        return await AskAsync(secured, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The kernel accepts connections for a hung program, but only a working program closes a connection after its client did.
    /// </summary>
    private static async Task<string?> CheckCloseAsync(Socket socket, Stream connection, CancellationToken cancellation)
    {
        socket.Shutdown(SocketShutdown.Send);
        return await connection.ReadAsync(new byte[1], cancellation).ConfigureAwait(false) == 0 ? null : "answers without a request";
    }
}
