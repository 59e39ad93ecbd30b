namespace FdExporter.Web.Serving;

/// <summary>An answer being written, in pieces of equal size. Each piece counts towards the limit for all answers.</summary>
internal sealed class AnswerBuffer(FairShare bytes, Client client) : Stream
{
    private const int PieceLength = 32 * 1024;

    private readonly Queue<byte[]> _pieces = [];
    private byte[] _last = [];
    private int _lastUsed;
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <exception cref="AnswersFullException">The limit is reached.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_lastUsed == _last.Length)
            {
                if (!bytes.TryTake(client, PieceLength))
                {
                    throw new AnswersFullException();
                }

                // Not from a pool, which would keep the buffers of many slow readers for a minute or more.
                _last = GC.AllocateUninitializedArray<byte>(PieceLength);
                _pieces.Enqueue(_last);
                _lastUsed = 0;
            }

            int count = Math.Min(buffer.Length, _last.Length - _lastUsed);
            buffer[..count].CopyTo(_last.AsSpan(_lastUsed));
            buffer = buffer[count..];
            _lastUsed += count;
            _length += count;
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends the answer, and releases each piece as soon as it is sent.</summary>
    internal async Task SendAsync(Stream target, CancellationToken cancellation)
    {
        while (_pieces.TryPeek(out byte[]? piece))
        {
            int length = _pieces.Count == 1 ? _lastUsed : piece.Length;
            await target.WriteAsync(piece.AsMemory(0, length), cancellation).ConfigureAwait(false);
            _pieces.Dequeue();
            bytes.Return(client, PieceLength);
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        while (_pieces.TryDequeue(out _))
        {
            bytes.Return(client, PieceLength);
        }

        base.Dispose(disposing);
    }
}
