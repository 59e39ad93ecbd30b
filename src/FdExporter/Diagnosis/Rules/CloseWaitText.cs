using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Why a program still holds sockets that the peer has closed, and what to do, by cause.</summary>
internal static class CloseWaitText
{
    /// <summary>For the most frequent cause of a sum.</summary>
    internal static (string Why, string Advice) Of(CloseWaitSum sum, ProcessId? culprit) => sum.Cause switch
    {
        CloseWaitCause.NotClosed => (
            $"{sum.Program} has read all data and not closed them",
            $"Save the evidence first: fd-exporter inspect {HumanText.Pid(culprit)} --json. Then restart; that frees the descriptors. "
                + "The developers must close the socket on every path, also after errors."),
        CloseWaitCause.NotNoticed => (
            $"{sum.Program} has not noticed: only the end of each connection (FIN) is unread",
            sum.Direction == ConnectionDirection.Outbound ? OfAPool : OfAServer),
        CloseWaitCause.NotRead => (
            $"{sum.Program} has stopped reading them",
            "Take a thread dump before you restart it: its readers hang or have ended."),
        CloseWaitCause.NotAccepted => (
            sum.Acceptors > 1 ? $"none of the {HumanText.Number(sum.Acceptors)} processes that share the listener accepted them" : $"{sum.Program} never accepted them",
            "Check its descriptor limit and take a thread dump: it hangs, or has run out of threads or descriptors."),
        _ => (
            $"{sum.Program} has not closed them",
            $"List them: fd-exporter inspect {HumanText.Pid(culprit)}. They are MPTCP connections; the kernel does not show whether {sum.Program} has seen the end."),
    };

    private static string OfAPool =>
        "Usually these are idle connections in a pool. Configure the pool to evict idle and expired connections, "
        + "with an idle time below the server's keep-alive time, and to check each connection before use; or close the body of each "
        + "response (Go: Body.Close). Settings: evictExpiredConnections and evictIdleConnections of Apache HttpClient, "
        + "keepAliveDuration of OkHttp's ConnectionPool, IdleConnTimeout of Go's http.Transport, PooledConnectionIdleTimeout of "
        + ".NET's SocketsHttpHandler, maxLifetime and idleTimeout of HikariCP, testWhileIdle of JedisPoolConfig. With urllib3 and "
        + "requests, close the response and the Session. More settings: runbook of FdCloseWaitGrowing.";

    private static string OfAServer =>
        "Set a timeout for idle connections (keep-alive, read): it does not read connections on which it expects no data. If "
        + "connections in use are among them, its readers hang: take a thread dump before you restart it.";
}
