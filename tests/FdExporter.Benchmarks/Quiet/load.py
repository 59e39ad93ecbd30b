"""A small, rising and falling load on each of the quiet servers: persistent connections and connections with one request."""
import asyncio
import glob
import math
import random
import sys
import time

HTTP = [(8101, "/index.html"), (8101, "/app"), (8101, "/php"), (8102, "/index.html"), (8102, "/app"), (8102, "/tomcat/index.html"),
        (8104, "/index.html"), (8104, "/tomcat/index.html"), (8108, "/index.html"), (8109, "/")]
REDIS = (6379, None)
FAILURES = (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError, IndexError)
counts = {"answers": 0, "failures": 0}


def share():
    """Fraction of the full load: a day lasts two minutes."""
    return 0.6 - 0.4 * math.cos(time.monotonic() / 120 * 2 * math.pi)


async def ask(reader, writer, path):
    if path is None:
        writer.write(b"SET k%d v\r\n" % random.randrange(1000))
        await reader.readuntil(b"\n")
        return
    writer.write(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"chunked" in head:
        while length := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(length + 2)
        await reader.readuntil(b"\r\n")
    else:
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))


async def client(port, path, keeps):
    """Keeps its connection and, like a pool, notices only at the next use that the server has closed it."""
    while True:
        await asyncio.sleep(random.expovariate(1 if keeps else 0.3) / share())
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
            try:
                for _ in range(random.randrange(1, 30) if keeps else 1):
                    await asyncio.wait_for(ask(reader, writer, path), 5)
                    counts["answers"] += 1
                    await asyncio.sleep(random.expovariate(2) / share() if keeps else 0)
            finally:
                writer.close()
        except FAILURES:
            counts["failures"] += 1


async def benchmark(arguments):
    """Runs pgbench repeatedly."""
    while True:
        process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            counts["failures"] += 1
            await asyncio.sleep(0.5)


async def main():
    pgbench = [glob.glob("/usr/lib/postgresql/*/bin/pgbench")[-1], "-h", "127.0.0.1", "-p", "6432", "-U", "postgres", "-n", "-S", "postgres"]
    tasks = [client(*where, keeps) for where in [*HTTP, REDIS] for keeps in [True] * 6 + [False] * 3]
    tasks.append(benchmark([*pgbench, "-c", "10", "-R", "30", "-T", "25"]))
    tasks.append(benchmark([*pgbench, "-c", "2", "-R", "5", "-T", "25", "-C"]))
    running = [asyncio.create_task(task) for task in tasks]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in running:
        task.cancel()
    print(counts["answers"], counts["failures"], flush=True)


asyncio.run(main())
