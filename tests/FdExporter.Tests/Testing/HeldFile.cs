namespace FdExporter.Tests.Testing;

/// <summary>A file of a captured host whose reader blocks until the test releases it, and then reads what was captured.</summary>
internal sealed class HeldFile
{
    private readonly string _path;
    private readonly byte[] _content;
    private FileStream? _writer;

    internal HeldFile(FixtureHost host, string file)
    {
        _path = host.PathOf(file);
        _content = File.ReadAllBytes(_path);
        File.Delete(_path);
        KernelFifo.Make(_path);
    }

    /// <summary>Returns once a reader has opened it, and so waits.</summary>
    internal async Task WaitForReaderAsync()
        => _writer = await Task.Run(() => new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    /// <summary>The reader continues, and later ones find an ordinary file.</summary>
    internal void Release()
    {
        File.Delete(_path);
        File.WriteAllBytes(_path, _content);
        _writer!.Write(_content);
        _writer.Dispose();
    }
}
