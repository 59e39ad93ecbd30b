using FdExporter.Linux.Files;

namespace FdExporter.Tests.Linux.Files;

public class FileThreadTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Run_GivesWhatTheWorkGives_AndThrowsWhatItThrows()
    {
        using FileThread thread = new();
        Assert.Equal(1, thread.Run(static () => 1));
        Assert.Equal("x", Assert.Throws<IOException>(() => thread.Run<int>(static () => throw new IOException("x"))).Message);
        Assert.Equal(2, thread.Run(static () => 2));
    }

    /// <summary>However often it is tried, it costs one wait and one thread.</summary>
    [Fact]
    public void WorkThatDoesNotComeBack_IsLeft_AndOtherWorkFailsAtOnceUntilItDoes()
    {
        using FileThread thread = new(s_timeout);
        using ManualResetEventSlim answer = new();
        int ran = 0;
        Assert.Equal("no answer within 0.1 s", Assert.Throws<TimeoutException>(() => thread.Run(() => Hang(answer))).Message);
        for (int i = 0; i < 100; i++)
        {
            Assert.Throws<TimeoutException>(() => thread.Run(() => ran++));
        }

        answer.Set();
        Assert.True(SpinWait.SpinUntil(() => Runs(thread), TimeSpan.FromMinutes(1)));
        Assert.Equal(0, ran);
    }

    [Fact]
    public void Dispose_WhileWorkHangs_DoesNotWaitForIt()
    {
        using ManualResetEventSlim answer = new();
        using (FileThread thread = new(s_timeout))
        {
            Assert.Throws<TimeoutException>(() => thread.Run(() => Hang(answer)));
        }

        answer.Set();
    }

    private static bool Runs(FileThread thread)
    {
        try
        {
            return thread.Run(static () => true);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static bool Hang(ManualResetEventSlim answer)
    {
        answer.Wait();
        return true;
    }
}
