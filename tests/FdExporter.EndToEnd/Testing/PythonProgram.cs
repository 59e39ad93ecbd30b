namespace FdExporter.EndToEnd.Testing;

/// <summary>A small program in Python that a test makes sockets with.</summary>
internal static class PythonProgram
{
    internal const string Prelude = """
        import ctypes, os, socket, subprocess, sys, time
        def name(text): ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)
        def end_with_parent(): ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
        def server(host="127.0.0.1", port=0, backlog=200, kind=0):
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((host, port)); s.listen(backlog)
            return s
        def say(*words): print(*words, flush=True)

        """;

    internal static Child Run(string code) => Child.Start("python3", "-c", Prelude + code);
}
