using System.Runtime.InteropServices;
using FdExporter.Web.Serving;

namespace FdExporter.Cli;

/// <summary>SIGHUP: read the rules again. Caught from the start on, since by itself it would end the process.</summary>
internal sealed class HangUpSignal : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private volatile RuleReloader? _reloader;

    internal HangUpSignal()
        => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;

            // Until the rules are read for the first time it asks for nothing that is not about to happen.
            _ = _reloader?.ReloadAsync();
        });

    internal void Reload(RuleReloader reloader) => _reloader = reloader;

    public void Dispose() => _registration.Dispose();
}
