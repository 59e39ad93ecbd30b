using FdExporter.Diagnosis;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Model;

/// <summary>The holdings of one process, counted as a scan counts them: each descriptor, each socket once.</summary>
public class ProcessInspectionTests
{
    private static readonly SocketSample s_stuck = new(SocketProtocol.Tcp, TcpState.CloseWait);

    [Fact]
    public void Sockets_AreCountedOnce_HoweverManyDescriptorsLeadThere()
    {
        ProcessInspection inspection = Inspection(
            Socket(3, 7, s_stuck),
            Socket(4, 7, s_stuck),
            Socket(5, 8, s_stuck),
            Socket(6, 9, new SocketSample(SocketProtocol.Udp)),
            Socket(7, 9, new SocketSample(SocketProtocol.Udp)),
            Socket(8, 10, new SocketSample(SocketProtocol.Unknown)),
            Socket(9, 11, new SocketSample(SocketProtocol.Unknown)));
        Assert.Equal((2, 1, 2), (inspection.Sockets[SocketProtocol.Tcp], inspection.Sockets[SocketProtocol.Udp], inspection.Sockets[SocketProtocol.Unknown]));
        Assert.Equal((7, 2, 2), (inspection.Holdings!.Types[FdType.Socket], inspection.Holdings.Sockets[TcpState.CloseWait], inspection.Holdings.Sockets.Total));
    }

    [Fact]
    public void SocketOfAnotherProcess_IsHeld_AndNotOwned()
    {
        ProcessInspection inspection = Inspection(Socket(3, 7, s_stuck), Socket(4, 8, s_stuck with { IsOwnedByAnother = true }));
        Assert.Equal(2, inspection.Sockets[SocketProtocol.Tcp]);
        Assert.Equal(1, inspection.Holdings!.Sockets.Total);
    }

    [Theory]
    [InlineData(false, 0, false)]
    [InlineData(true, 1, false)]
    [InlineData(true, 0, true)]
    public void WhereNotAllIsSeen_TheNumberOfSocketsIsNotKnown(bool isVisible, int unlisted, bool isCutShort)
    {
        ProcessInspection inspection = Inspection(Socket(3, 7, s_stuck)) with { IsVisible = isVisible, Unlisted = unlisted, IsCutShort = isCutShort };
        Assert.Null(inspection.Holdings);
        Assert.Null(ProcessDocument.Of(new ProcessRow(inspection.Process, inspection.Holdings, null)).TcpSocketsTotal);
    }

    [Fact]
    public void DocumentOfOneThatMayNotBeLookedInto_KnowsNothing()
    {
        ProcessInspection inspection = Inspection() with { IsVisible = false };
        InspectionDocument document = InspectionDocument.Of(inspection, null, FdList.Of(inspection, Details.All, "", 0, 10), Details.All);
        Assert.False(document.Visible);
        object?[] unknown =
        [
            document.Arguments, document.CutShort, document.Unlisted, document.Fds, document.SocketsByProtocol, document.Kinds, document.Total,
            document.Offset, document.Limit, document.Items, document.Process.Fds, document.Process.TcpSockets, document.Process.TcpSocketsTotal,
            document.Process.User,
        ];
        Assert.All(unknown, Assert.Null);
        Assert.Equal(5, document.Process.OpenFds);
    }

    private static FdSample Socket(int fd, int inode, SocketSample socket) => new(fd, FdType.Socket, FormattableString.Invariant($"socket:[{inode}]"), socket);

    private static ProcessInspection Inspection(params FdSample[] fds)
    {
        FdTypeCounts types = default;
        types[FdType.Socket] = fds.Length;
        return new ProcessInspection
        {
            TakenAt = DateTimeOffset.UnixEpoch,
            Process = Snapshots.Process(1, "a", 5),
            Arguments = [],
            IsVisible = true,
            Types = types,
            Fds = [.. fds],
            Unlisted = 0,
            IsCutShort = false,
        };
    }
}
