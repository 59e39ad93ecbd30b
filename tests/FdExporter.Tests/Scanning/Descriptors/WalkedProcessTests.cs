using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Scanning.Descriptors;

public class WalkedProcessTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InterruptedWalk_OfAProcessThatIsThenHidden_StartsAgain(bool isDenied)
    {
        ProcessSample sample = Snapshots.Process(7, "a", 5000);
        WalkedProcess process = new(sample.Id);
        process.Update(in sample, index: 0, scan: 1);
        FdTypeCounts types = default;
        types[FdType.Pipe] = 64;
        process.InterruptWalk(stamp: 3, nextFd: new FdPosition(0, 64), in types, [], []);
        Assert.True(process.IsCurrent(3));
        if (isDenied)
        {
            process.Deny();
        }
        else
        {
            ProcessSample hidden = sample with { Facts = sample.Facts with { Visibility = ProcessVisibility.CountOnly } };
            process.Update(in hidden, index: 0, scan: 2);
        }

        Assert.False(process.IsCurrent(3));
        Assert.Equal((0u, default(FdPosition), 0), (process.InterruptedWalk, process.NextFd, process.InterruptedTypes[FdType.Pipe]));
    }
}
