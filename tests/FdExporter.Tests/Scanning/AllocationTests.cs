using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FdExporter.Accounts.Naming;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Scanning;

[Collection(Alone.Name)]
public class AllocationTests
{
    /// <summary>After so many scans each process has had its facts read again once.</summary>
    private const int FullTurn = 64;

    [Fact]
    public void WarmScan_RealProc_StaysWithinItsBudget()
    {
        // Enough that a single object for each socket would break the budget on its own.
        using Connections connections = new(500);
        using HostScanner scanner = new("/proc", ProgramName.Of, TimeProvider.System, NullLogger<HostScanner>.Instance);
        Check(Scan(scanner));
        Check(Scan(scanner));
        int processes = 0;

        long[] beyondOutput = new long[FullTurn];
        for (int i = 0; i < FullTurn; i++)
        {
            // Of all threads: the scan has its processes read by another one.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            HostSnapshot snapshot = Scan(scanner);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Check(snapshot);
            processes = snapshot.Processes!.Processes.Length;
            beyondOutput[i] = allocated - ((long)processes * Unsafe.SizeOf<ProcessSample>());
        }

        // The lower quartile: what starts on the machine meanwhile is read in full once, and is none of a warm scan's business.
        Array.Sort(beyondOutput);
        long quartile = beyondOutput[FullTurn / 4];
        long budget = 5400 + (processes * 24L);
        Assert.True(quartile <= budget, $"{quartile} bytes for {processes} processes, budget {budget}: {string.Join(' ', beyondOutput)}");
    }

    private static HostSnapshot Scan(HostScanner scanner)
        => scanner.Scan(Collectors.All, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)));

    private static void Check(HostSnapshot snapshot) => Assert.All(snapshot.Outcomes, static outcome => Assert.Null(outcome.Error));

    private sealed class Connections : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        internal Connections(int count)
        {
            Socket listener = Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            for (int i = 0; i < count; i++)
            {
                Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).Connect(listener.LocalEndPoint!);
                Add(listener.Accept());
            }
        }

        private Socket Add(Socket socket)
        {
            _sockets.Add(socket);
            return socket;
        }

        public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());
    }
}
