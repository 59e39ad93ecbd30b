using System.Globalization;
using FdExporter.Cli.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Cli.Logging;

public sealed class RepeatLimitTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _written = [];
    private readonly RepeatLimit _limit;

    public RepeatLimitTests() => _limit = new RepeatLimit(line => _written.Add($"{line.Message} {string.Join(' ', line.Fields.Select(static each => $"{each.Key}={each.Value}"))}".TrimEnd()), _time);

    public void Dispose() => _limit.Dispose();

    [Fact]
    public void Kind_IsLoggedAtOnce_ThenOnceAMinuteWithACount_ThenNoMore()
    {
        for (int i = 0; i < 1000; i++)
        {
            Say("failed", ("collector", "tcp"), ("err", $"{i}"));
        }

        Assert.Equal(["failed collector=tcp err=0"], _written);
        _time.Advance(s_minute - TimeSpan.FromSeconds(1));
        Assert.Single(_written);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("failed collector=tcp err=1 repeated=999", _written[^1]);
        Say("failed", ("collector", "tcp"), ("err", "again"));
        Assert.Equal(2, _written.Count);
        _time.Advance(s_minute);
        Assert.Equal("failed collector=tcp err=again repeated=1", _written[^1]);
        _time.Advance(10 * s_minute);
        Assert.Equal(3, _written.Count);

        // After the end it starts again.
        Say("failed", ("collector", "tcp"), ("err", "new"));
        Assert.Equal("failed collector=tcp err=new", _written[^1]);
    }

    [Fact]
    public void OtherMessage_OrTheSameOfSomethingElse_IsAnotherKind()
    {
        Say("failed", ("collector", "tcp"));
        Say("failed", ("collector", "process"));
        Say("works again", ("collector", "tcp"));
        Say("not reloaded", ("err", "line 1"));
        Say("not reloaded", ("err", "line 2"));
        Assert.Equal(5, _written.Count);
    }

    [Fact]
    public void InventedSubjects_AreTenKindsAndTheRest()
    {
        for (int i = 0; i < 1000; i++)
        {
            Say("hangs", ("pid", i.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.Equal(11, _written.Count);
        _time.Advance(s_minute);
        Assert.Equal(12, _written.Count);
        Assert.Equal("hangs pid=11 repeated=989", _written[^1]);
    }

    [Fact]
    public void Dispose_WritesPendingLines()
    {
        Say("failed");
        Say("failed");
        _limit.Dispose();
        Assert.Equal(["failed", "failed repeated=1"], _written);
    }

    private void Say(string message, params (string Key, string Value)[] fields)
    {
        List<KeyValuePair<string, object?>> state = [.. fields.Select(static each => KeyValuePair.Create(each.Key, (object?)each.Value)), new("{OriginalFormat}", message)];
        _limit.Add(LogLine.Of(_time.GetUtcNow(), "x", LogLevel.Warning, default, state, null, message));
    }
}
