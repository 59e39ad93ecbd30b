using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Sockets in CLOSE_WAIT of one program that are judged together.</summary>
/// <param name="From">The program from which it inherited them; null where it opened or accepted them itself.</param>
internal sealed record CloseWaitKind(ConnectionDirection Direction, bool IsNotAccepted, SocketAuthor? From, IReadOnlyList<ConnectionSample> Samples)
{
    internal static IEnumerable<CloseWaitKind> Of(ProgramAccount program) => program.Connections
        .Where(static sample => sample is { State: TcpState.CloseWait, Cause: not CloseWaitCause.StillSending })
        .GroupBy(static sample => (sample.Direction, IsNotAccepted: sample.Cause == CloseWaitCause.NotAccepted, sample.InheritedFrom))
        .Select(static samples => new CloseWaitKind(samples.Key.Direction, samples.Key.IsNotAccepted, samples.Key.InheritedFrom, [.. samples]));
}
