"""Small programs that leak descriptors, or only look like it.

A line of input is a minute of theirs; they answer when they have done what a minute brings. Numbers named "rate" are an hour's.
"""
import gc
import math
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

chance = random.Random(sys.argv[2])


def minutes():
    print("done", flush=True)
    for line in sys.stdin:
        yield int(line)
        print("done", flush=True)


def a_file():
    return open(__file__)


class Cycle:
    """Only the garbage collector closes it, since it refers to itself."""

    def __init__(self, held):
        self.held = held
        self.itself = self


class Worker:
    """A child that holds some files; it does each minute's work on request, and ends with its parent."""

    def __init__(self, files, rate=0):
        self.ours, theirs = socket.socketpair()
        if os.fork() == 0:
            self.ours.close()
            kept = [a_file() for _ in range(files)]
            theirs.send(b"+")
            while told := theirs.recv(16):
                while len(kept) < files + int(told) * rate / 60:
                    kept.append(a_file())
                theirs.send(b"+")
            os._exit(0)
        theirs.close()
        os.set_inheritable(self.ours.fileno(), False)
        self.ours.recv(1)

    def tell(self, minute):
        self.ours.send(b"%d" % minute)
        self.ours.recv(1)

    def end(self):
        self.ours.close()
        os.wait()


# Leaks.

def files(rate, start=0):
    kept = []
    for minute in minutes():
        while len(kept) < (minute - start) * rate / 60:
            kept.append(a_file())


def batches(count, every):
    kept = []
    for minute in minutes():
        if minute % every == every - 1:
            kept += [a_file() for _ in range(count)]


def below_noise(rate, most):
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            kept.append(a_file())
        busy = [a_file() for _ in range(chance.randrange(most))]


def temporary(rate):
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            kept.append(tempfile.TemporaryFile())


def pairs(rate):
    """One end of each pair is forgotten."""
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            kept.append(socket.socketpair()[0])


def one_worker(rate, count):
    workers = [Worker(35, rate if i == 0 else 0) for i in range(count)]
    for minute in minutes():
        workers[0].tell(minute)


def client(rate, peers):
    """Servers close, the client does not."""
    listeners = [socket.create_server(("127.0.1.%d" % (i + 1), 0)) for i in range(peers)]
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            listener = listeners[len(kept) % peers]
            kept.append(socket.create_connection(listener.getsockname()))
            listener.accept()[0].close()


def server(rate):
    """Clients close, the server does not."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            connection = socket.create_connection(listener.getsockname())
            kept.append(listener.accept()[0])
            connection.close()


def below_teeth(rate, height, period):
    gc.disable()
    kept = []
    for minute in minutes():
        while len(kept) < minute * rate / 60:
            kept.append(a_file())
        for _ in range(height // period):
            Cycle(a_file())
        if minute % period == period - 1:
            gc.collect()


def hung_jobs(every):
    """A job every few minutes, that waits for ever."""
    folder = tempfile.mkdtemp()
    job = os.path.join(folder, os.path.basename(sys.argv[0]) + "-job.sh")
    with open(job, "w") as script:
        script.write("read -r never\n")
    jobs = []
    for minute in minutes():
        if minute % every == 0:
            jobs.append(subprocess.Popen(["sh", job], stdin=subprocess.PIPE))
    for each in jobs:
        each.communicate()
    shutil.rmtree(folder)


# No leaks.

def teeth(height, period):
    gc.disable()
    for minute in minutes():
        for _ in range(height * (minute % period + 1) // period - height * (minute % period) // period):
            Cycle(a_file())
        if minute % period == period - 1:
            gc.collect()


def generations(files, objects, lifetime):
    """The collector runs by Python's own counts; it collects older objects rarely."""
    living = []
    for minute in minutes():
        living.append([Cycle(a_file()) for _ in range(files)])
        del living[:-lifetime]
        for _ in range(objects):
            Cycle(None)


def cache(most, requests):
    """Files stay open after their first use; some are used more often than others."""
    known = {}
    for _ in minutes():
        for _ in range(requests):
            which = chance.randrange(most)
            if which not in known:
                known[which] = a_file()


def start(count, lasts):
    kept = []
    for minute in minutes():
        while len(kept) < count * min(1, minute / lasts):
            kept.append(a_file())


def restarts(every, rate, lasts):
    """A supervisor, and a worker that it restarts; each opens its files in the course of its first minutes."""
    worker = Worker(20, rate)
    for minute in minutes():
        worker.tell(min(minute % every, lasts))
        if minute % every == every - 1:
            worker.end()
            worker = Worker(20, rate)


def job(count, at, lasts):
    kept = []
    for minute in minutes():
        if at <= minute < at + lasts:
            kept += [a_file() for _ in range(count // lasts)]
        else:
            kept.clear()


def rotation(count, every):
    """Logs are renamed, still written for some minutes, reopened, and the old ones deleted."""
    folder = tempfile.mkdtemp()
    paths = [os.path.join(folder, "%d.log" % i) for i in range(count)]
    logs = [open(path, "a") for path in paths]
    for minute in minutes():
        if minute % every == every - 5:
            for path in paths:
                os.rename(path, path + ".1")
            old, logs = logs, [open(path, "a") for path in paths]
        elif minute % every == every - 1:
            for path in paths:
                os.remove(path + ".1")
            old.clear()
    shutil.rmtree(folder)


def more_workers(least, most, begins, lasts):
    workers = []
    for minute in minutes():
        while len(workers) < least + (most - least) * min(1, max(0, minute - begins) / lasts):
            workers.append(Worker(35))


def load(most):
    """The number of connections follows the time of day, and each minute it differs."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = []
    for minute in minutes():
        count = most * (1 - math.cos(minute / 1440 * 2 * math.pi)) / 2 + chance.randrange(most // 10)
        while len(held) > count:
            for end in held.pop(chance.randrange(len(held))):
                end.close()
        while len(held) < count:
            connection = socket.create_connection(listener.getsockname())
            held.append((connection, listener.accept()[0]))


def pool(count, looks):
    """The server closes idle connections; the pool notices when it checks them."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = []
    for minute in minutes():
        if minute % looks == 0:
            for connection, _ in held:
                connection.close()
            held = []
        while len(held) < count * (minute % looks + 1) / looks:
            connection = socket.create_connection(listener.getsockname())
            held.append((connection, listener.accept()[0]))
        for _, accepted in held[:len(held) * 2 // 3]:
            accepted.close()


def busy(most):
    for _ in minutes():
        held = [a_file() for _ in range(chance.randrange(most))]


signal.signal(signal.SIGPIPE, signal.SIG_DFL)
held_always = [a_file() for _ in range(int(sys.argv[1]))]
globals()[sys.argv[2]](*map(int, sys.argv[3:]))
