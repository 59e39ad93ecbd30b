using System.Globalization;
using System.IO.Pipes;
using FdExporter.Cli.Logging;

namespace FdExporter.Tests.Cli.Logging;

/// <summary>A real pipe that is not read until later.</summary>
public sealed class LogWriterTests : IDisposable
{
    private readonly AnonymousPipeServerStream _reader = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeClientStream _pipe;
    private readonly LogWriter _writer;
    private int _dropped;

    public LogWriterTests()
    {
        _pipe = new AnonymousPipeClientStream(PipeDirection.Out, _reader.ClientSafePipeHandle);
        _writer = new LogWriter(_pipe, static lines => $"dropped {lines}\n", () => Interlocked.Increment(ref _dropped));
    }

    public void Dispose()
    {
        _reader.Dispose();
        _pipe.Dispose();
    }

    [Fact]
    public async Task FullPipe_BlocksNoCaller_AndLostLinesAreCountedAndReported()
    {
        string line = new string('x', 999) + "\n";
        const int lines = 2000;
        for (int i = 0; i < lines; i++)
        {
            _writer.Write(line);
        }

        Assert.InRange(_dropped, lines / 2, lines - 1);
        int dropped = _dropped;
        using StreamReader reader = new(_reader);
        List<string> read = [];
        for (int whole = 0; whole < lines - dropped; whole += read[^1].Length == 999 ? 1 : 0)
        {
            read.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        }

        // There is room again.
        _writer.Write("after\n");
        while (read[^1] != "after")
        {
            read.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        }

        // In several lines if the writer's thread found room meanwhile.
        Assert.Equal(dropped, read.Where(static each => each.StartsWith("dropped ", StringComparison.Ordinal)).Sum(static each => int.Parse(each["dropped ".Length..], CultureInfo.InvariantCulture)));
        Assert.Equal(dropped, _dropped);
        _writer.Dispose();
    }

    [Fact]
    public async Task End_WithoutAReader_IsNotDelayed()
    {
        for (int i = 0; i < 2000; i++)
        {
            _writer.Write(new string('x', 999) + "\n");
        }

        await Task.Run(_writer.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void End_WritesWhatWaits()
    {
        for (int i = 0; i < 50; i++)
        {
            _writer.Write($"{i}\n");
        }

        _writer.Dispose();
        _pipe.Dispose();
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => $"{i}"), new StreamReader(_reader).ReadToEnd().TrimEnd('\n').Split('\n'));
    }
}
