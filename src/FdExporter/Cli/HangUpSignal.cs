using System.Runtime.InteropServices;
using FdExporter.Web.Serving;

namespace FdExporter.Cli;

/// <summary>SIGHUP: reload the rules. Handled from the start, because by default it ends the process.</summary>
internal sealed class HangUpSignal : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private volatile RuleReloader? _reloader;

    internal HangUpSignal()
        => _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;

            // Before the first load there is nothing to reload: the rules are about to be read.
            _ = _reloader?.ReloadAsync();
        });

    internal void SetReloader(RuleReloader reloader) => _reloader = reloader;

    public void Dispose() => _registration.Dispose();
}
