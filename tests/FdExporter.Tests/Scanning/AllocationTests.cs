using System.Collections.Immutable;
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
    /// <summary>After this many scans the facts of each process have been read again once.</summary>
    private const int FullTurn = 64;

    [Fact]
    [Needs("root")]
    public void WarmScan_RealProc_StaysWithinItsBudget()
    {
        // Enough that one object per socket would exceed the budget by itself.
        using Connections connections = new(500);
        using HostScanner scanner = new("/proc", ProgramName.Of, TimeProvider.System, NullLogger<HostScanner>.Instance);
        Check(Scan(scanner));
        Check(Scan(scanner));
        int processes = 0;

        long[] beyondOutput = new long[FullTurn];
        for (int i = 0; i < FullTurn; i++)
        {
            // All threads count: another thread reads the processes of the scan.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            HostSnapshot snapshot = Scan(scanner);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            Check(snapshot);
            processes = snapshot.Processes!.Processes.Length;
            long output = ((long)processes * Unsafe.SizeOf<ProcessSample>())
                + SizeOf<ListenerSample>(snapshot.Listeners) + SizeOf<AddressSample>(snapshot.Connections?.Addresses)
                + SizeOf<DeletedFilesSample>(snapshot.Files?.Deleted) + SizeOf<InotifySample>(snapshot.Files?.Inotify);
            beyondOutput[i] = allocated - output;
        }

        // The lower quartile: processes that start meanwhile are read in full once, which is not part of a warm scan.
        Array.Sort(beyondOutput);
        long quartile = beyondOutput[FullTurn / 4];
        long budget = 5400 + (processes * 24L);
        Assert.True(quartile <= budget, $"{quartile} bytes for {processes} processes, budget {budget}: {string.Join(' ', beyondOutput)}");
    }

    private static long SizeOf<T>(ImmutableArray<T>? samples) => (long)(samples?.Length ?? 0) * Unsafe.SizeOf<T>();

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
