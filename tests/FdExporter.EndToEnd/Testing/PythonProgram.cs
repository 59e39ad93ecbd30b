namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// A small Python program that creates sockets for a test. What its servers close stays in FIN_WAIT2 for longer than a minute
/// (TCP_LINGER2): at 60 s, the default, a few of ten thousand end with a reset, and the leaked sockets would be gone.
/// </summary>
internal static class PythonProgram
{
    internal const string Prelude = """
        import ctypes, os, socket, subprocess, sys, time
        def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
        def end_with_parent(): ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
        def server(host="127.0.0.1", port=0, backlog=200, kind=0):
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == 0: s.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 120)
            s.bind((host, port)); s.listen(backlog)
            return s
        def say(*words): print(*words, flush=True)

        """;

    internal static Child Run(string code) => Child.Start("python3", "-c", Prelude + code);
}
