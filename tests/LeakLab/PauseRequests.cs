using System.Runtime.InteropServices;
using LeakLab.Native;

namespace LeakLab;

/// <summary>SIGUSR1 pauses a changing load, SIGUSR2 resumes it; the main thread takes the requests one by one.</summary>
internal sealed class PauseRequests : IDisposable
{
    private readonly Pipe _pipe = new();
    private readonly PosixSignalRegistration[] _registrations;

    internal PauseRequests() => _registrations =
    [
        PosixSignalRegistration.Create((PosixSignal)Libc.SIGUSR1, context => Request(context, isPause: true)),
        PosixSignalRegistration.Create((PosixSignal)Libc.SIGUSR2, context => Request(context, isPause: false)),
    ];

    /// <summary>Readable when there is a request.</summary>
    internal int Descriptor => _pipe.ReadEnd;

    /// <summary>True for a pause.</summary>
    internal unsafe bool Take()
    {
        byte isPause;
        _ = SystemCallException.Check((int)Libc.read(_pipe.ReadEnd, &isPause, 1), "read");
        return isPause != 0;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        // The pipe stays open: a handler may still write to it, and by then the number could be another file's.
    }

    private unsafe void Request(PosixSignalContext context, bool isPause)
    {
        context.Cancel = true;
        byte one = isPause ? (byte)1 : (byte)0;
        _ = Libc.write(_pipe.WriteEnd, &one, 1);
    }
}
