using System.Runtime.CompilerServices;

namespace FdExporter.Model;

/// <summary>Sockets in CLOSE_WAIT by cause. Unit: sockets.</summary>
[InlineArray(Length)]
internal struct CloseWaitCauseCounts
{
    internal const int Length = 6;

    private long _first;

    internal long this[CloseWaitCause cause]
    {
        readonly get => this[(int)cause];
        set => this[(int)cause] = value;
    }

    internal readonly long Total
    {
        get
        {
            long total = 0;
            for (int cause = 0; cause < Length; cause++)
            {
                total += this[cause];
            }

            return total;
        }
    }

    /// <summary>The cause of most of them.</summary>
    internal readonly CloseWaitCause Largest
    {
        get
        {
            CloseWaitCause largest = default;
            for (int cause = 1; cause < Length; cause++)
            {
                largest = this[cause] > this[largest] ? (CloseWaitCause)cause : largest;
            }

            return largest;
        }
    }

    internal void Add(in CloseWaitCauseCounts other)
    {
        for (int cause = 0; cause < Length; cause++)
        {
            this[cause] += other[cause];
        }
    }
}
