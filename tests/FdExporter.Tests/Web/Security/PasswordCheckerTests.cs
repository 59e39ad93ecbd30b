using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Security;

public class PasswordCheckerTests
{
    // Hash of "secret", at the lowest cost.
    private const string Secret = "$2y$04$ZFBTh/OW9dRRcQH5zytirerAUuWO7ffvRR3DoH5r3emu820sruRRi";

    private static readonly Client s_here = new(IPAddress.Loopback, false);
    private static readonly Client s_elsewhere = new(IPAddress.Parse("192.0.2.1"), false);

    private readonly FakeTimeProvider _time = new();
    private readonly PasswordChecker _checker;

    public PasswordCheckerTests() => _checker = new(Users(("prometheus", Secret)), _time);

    [Theory]
    [InlineData("prometheus", "secret", "Right")]
    [InlineData("prometheus", "Secret", "Wrong")]
    [InlineData("prometheus", "", "Wrong")]
    [InlineData("nobody", "secret", "Wrong")]
    [InlineData("", "", "Wrong")]
    public async Task Check_SaysWhetherTheyBelongTogether_AndStaysWithIt(string user, string password, string verdict)
    {
        Assert.Equal(verdict, (await CheckAsync(user, password)).ToString());

        // The clock does not move: a second check would wait for ever.
        Assert.Equal(verdict, (await CheckAsync(user, password)).ToString());
    }

    // The pause follows every check: of an unknown user as well as of a wrong password.
    [Theory]
    [InlineData("prometheus")]
    [InlineData("nobody")]
    public async Task WrongAndUnknown_CostTheSame(string user)
    {
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync(user, "wrong"));
        Task<PasswordVerdict> next = CheckAsync("prometheus", "secret");
        await Task.Delay(100);
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PasswordVerdict.Right, await next.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Guesses_BeyondEightWaiting_AreRefused_ButNotKnownUsers()
    {
        Assert.Equal(PasswordVerdict.Right, await CheckAsync("prometheus", "secret"));
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "first"));
        Task<PasswordVerdict>[] waiting = [.. Enumerable.Range(0, 8).Select(i => CheckAsync("prometheus", i.ToString(CultureInfo.InvariantCulture)))];
        Assert.Equal(PasswordVerdict.Busy, await CheckAsync("prometheus", "one more"));
        Assert.Equal(PasswordVerdict.Right, await CheckAsync("prometheus", "secret"));
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "first"));
        Assert.DoesNotContain(waiting, static each => each.IsCompleted);
        foreach (Task<PasswordVerdict> each in waiting)
        {
            while (!each.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await Task.Yield();
            }

            Assert.Equal(PasswordVerdict.Wrong, await each);
        }
    }

    [Fact]
    public async Task RightPassword_FromAnotherAddress_IsCheckedNext_DespiteManyGuesses()
    {
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "first"));
        Task<PasswordVerdict>[] guesses = [.. Enumerable.Range(0, 60).Select(i => CheckAsync("prometheus", i.ToString(CultureInfo.InvariantCulture)))];
        Assert.Equal(52, guesses.Count(static each => each.IsCompleted));
        Task<PasswordVerdict> right = CheckAsync("prometheus", "secret", s_elsewhere);
        while (!right.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Equal(PasswordVerdict.Right, await right);
        Assert.True(guesses.Count(static each => !each.IsCompleted) >= 5);
    }

    [Fact]
    public async Task DisconnectedClient_LeavesTheQueue()
    {
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "first"));
        using CancellationTokenSource gone = new();
        Task<PasswordVerdict>[] waiting = [.. Enumerable.Range(0, 8).Select(i => _checker.CheckAsync("prometheus", i.ToString(CultureInfo.InvariantCulture), s_here, gone.Token))];
        await gone.CancelAsync();
        foreach (Task<PasswordVerdict> each in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);
        }

        Task<PasswordVerdict> next = CheckAsync("prometheus", "secret");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PasswordVerdict.Right, await next.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task WrongPasswords_AreRememberedUpToAHundred_AndTheRightOneAlways()
    {
        Assert.Equal(PasswordVerdict.Right, await CheckAsync("prometheus", "secret"));
        for (int i = 0; i <= 100; i++)
        {
            Task<PasswordVerdict> check = CheckAsync("prometheus", i.ToString(CultureInfo.InvariantCulture));
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(PasswordVerdict.Wrong, await check.WaitAsync(TimeSpan.FromMinutes(1)));
        }

        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "100"));
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "1"));
        Assert.Equal(PasswordVerdict.Right, await CheckAsync("prometheus", "secret"));

        // The first was forgotten: it is checked again, and the next one has to wait.
        Assert.Equal(PasswordVerdict.Wrong, await CheckAsync("prometheus", "0"));
        Assert.False(CheckAsync("prometheus", "another").IsCompleted);
    }

    private Task<PasswordVerdict> CheckAsync(string user, string password, Client? client = null) => _checker.CheckAsync(user, password, client ?? s_here, TestContext.Current.CancellationToken);

    private static FrozenDictionary<string, string> Users(params IEnumerable<(string User, string Hash)> users)
        => users.ToFrozenDictionary(static each => each.User, static each => each.Hash, StringComparer.Ordinal);
}
