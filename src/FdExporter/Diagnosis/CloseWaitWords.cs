using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>What a program has failed to do with sockets that the other side has closed, and what helps, by cause.</summary>
internal static class CloseWaitWords
{
    /// <summary>By the largest cause of a sum.</summary>
    internal static (string Why, string Advice) Of(CloseWaitSum sum, ProcessId? culprit) => sum.Cause switch
    {
        CloseWaitCause.NotClosed => (
            $"{sum.Program} has read all data and not closed them",
            "The developers have to close the socket on every path, after errors too. A restart frees the descriptors and "
                + $"destroys the proof: first keep what fd-exporter inspect {HumanText.Pid(culprit)} --json says."),
        CloseWaitCause.NotNoticed => (
            $"{sum.Program} has not noticed: nothing but the end of each connection is unread",
            sum.Direction == ConnectionDirection.Outbound ? OfAPool : OfAServer),
        CloseWaitCause.NotRead => (
            $"{sum.Program} has stopped reading them",
            "Its readers hang or are gone: take a dump of its threads before it is restarted."),
        CloseWaitCause.NotAccepted => (
            sum.Acceptors > 1 ? $"none of the {HumanText.Number(sum.Acceptors)} processes that hold the listener accepted them" : $"{sum.Program} never accepted them",
            "It hangs, is out of threads, or is out of descriptors: look at its limit and take a dump of its threads."),
        _ => (
            $"{sum.Program} has not closed them",
            $"They are MPTCP connections, of which the kernel does not tell whether {sum.Program} has seen the end. Which they are: fd-exporter inspect {HumanText.Pid(culprit)}."),
    };

    private static string OfAPool =>
        "As a rule these are idle connections in a pool that nobody looks at. Let the pool evict idle and expired connections, "
        + "with an idle time below the server's keep-alive time, and check each connection before use; or close the body of each "
        + "response (Go: Body.Close). The settings: evictExpiredConnections and evictIdleConnections of Apache HttpClient, "
        + "keepAliveDuration of OkHttp's ConnectionPool, IdleConnTimeout of Go's http.Transport, PooledConnectionIdleTimeout of "
        + ".NET's SocketsHttpHandler, maxLifetime and idleTimeout of HikariCP, testWhileIdle of JedisPoolConfig; with urllib3 and "
        + "requests close the response and the Session. The runbook of FdCloseWaitGrowing has more of them.";

    private static string OfAServer =>
        "It does not look at connections on which it expects nothing. Set a time-out for idle connections (keep-alive, read). If "
        + "connections in use are among them, its readers hang: take a dump of its threads before it is restarted.";
}
