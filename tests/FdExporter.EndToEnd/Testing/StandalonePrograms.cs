namespace FdExporter.EndToEnd.Testing;

/// <summary>Programs with stuck sockets that need no other program: one for each of accepted, opened and inherited sockets.</summary>
internal static class StandalonePrograms
{
    internal static IEnumerable<(string Name, string Code)> All()
    {
        foreach (int accepted in (int[])[0, 3])
        {
            yield return ($"supervisor{accepted}", FormattableString.Invariant($$"""
                name(NAME)
                listener = server()
                r, w = os.pipe()
                if os.fork() == 0:
                    end_with_parent()
                    name("workload{{accepted}}")
                    held = [listener.accept()[0] for _ in range({{accepted}})]
                    os.write(w, b"x")
                    time.sleep(600); os._exit(0)
                clients = [socket.create_connection(listener.getsockname()) for _ in range({{accepted + 15}})]
                os.read(r, 1)
                for c in clients[{{accepted}}:]: c.close()
                say("ready", listener.getsockname()[1])
                """));
        }

        yield return ("prefork", """
            import signal
            name(NAME)
            listener = server()
            workers = []
            r, w = os.pipe()
            for i in range(3):
                pid = os.fork()
                if pid == 0:
                    end_with_parent()
                    os.write(w, b"x")
                    time.sleep(600); os._exit(0)
                workers.append(pid)
                os.read(r, 1)
            os.kill(workers[1], signal.SIGSTOP)
            os.waitid(os.P_PID, workers[1], os.WSTOPPED)
            clients = [socket.create_connection(listener.getsockname()) for _ in range(15)]
            for c in clients: c.close()
            say("ready", workers[1])
            """);
        foreach (bool listenerToo in (bool[])[true, false])
        {
            yield return (listenerToo ? "leakyboth" : "leakyone", $$"""
                name(NAME)
                listener = server()
                listener.set_inheritable({{(listenerToo ? "True" : "False")}})
                clients, accepted = [], []
                for _ in range(110):
                    clients.append(socket.create_connection(listener.getsockname()))
                    a = listener.accept()[0]; a.set_inheritable(True); accepted.append(a)
                helper = subprocess.Popen(["sleep", "600"], close_fds=False, preexec_fn=end_with_parent)
                for a in accepted: a.close()
                for c in clients: c.close()
                say("ready", listener.getsockname()[1])
                """);
        }

        yield return ("circusd", """
            name(NAME)
            listener = server()
            if os.fork() == 0:
                end_with_parent()
                name("webworker")
                time.sleep(0.5)
                held = []
                while len(held) < 110:
                    c = socket.create_connection(listener.getsockname())
                    held.append(listener.accept()[0])
                    c.close()
                assert all(s.recv(1) == b"" for s in held)
                say("ready", listener.getsockname()[1])
                time.sleep(600); os._exit(0)
            """);
        yield return ("parent", """
            name(NAME)
            own = server()
            kept = [socket.create_connection(own.getsockname()) for _ in range(10)]
            peer = server(backlog=300)
            if os.fork() == 0:
                end_with_parent()
                name("hasty")
                own.close()
                for c in kept: c.close()
                held = [socket.create_connection(peer.getsockname()) for _ in range(120)]
                for _ in held: peer.accept()[0].close()
                peer.close()
                assert all(s.recv(1) == b"" for s in held)
                say("ready")
                time.sleep(600); os._exit(0)
            peer.close()
            """);
        yield return ("spreader", """
            name(NAME)
            kept, port = [], 0
            for i in range(1, 31):
                l = server("127.0.7.%d" % i, port); port = l.getsockname()[1]
                for _ in range(20):
                    c = socket.create_connection(l.getsockname()); l.accept()[0].close(); c.recv(1); kept.append(c)
                l.close()
            say("ready", port)
            """);
    }
}
