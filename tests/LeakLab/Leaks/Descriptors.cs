using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>Plain descriptors, a number of each named type, opened and never closed.</summary>
internal sealed class Descriptors(IReadOnlyList<string> types, int count, double? rate, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();

    internal override IEnumerable<(string, object)> Facts =>
        [("verb", "fds"), ("type", string.Join(',', types)), ("count", _held.Count)];

    internal override void Build()
    {
        var pace = new Pace(rate, stop);
        foreach (string type in types)
        {
            for (int wanted = _held.Count + count; _held.Count < wanted;)
            {
                pace.Next();
                try
                {
                    DescriptorType.Open(type, _held, wanted - _held.Count);
                }
                catch (SystemCallException e) when (e.Errno == Libc.EMFILE)
                {
                    throw new SystemCallException(e.Call, e.Errno, DescriptorType.Limit(type, _held.Count));
                }
            }
        }
    }

    internal override void Release() => _held.Dispose();

    public override void Dispose() => _held.Dispose();
}
