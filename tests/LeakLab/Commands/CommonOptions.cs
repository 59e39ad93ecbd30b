using System.CommandLine;

namespace LeakLab.Commands;

/// <summary>The options of every verb.</summary>
internal sealed class CommonOptions
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(10);

    private readonly Option<TimeSpan?> _duration = Options.Time("--duration", "End by itself after this time [default: 10m]");
    private readonly Option<TimeSpan?> _releaseAfter
        = Options.Time("--release-after", "Close what is leaked this long after `ready`, and live on");

    private readonly Option<bool> _untilStdinCloses = new("--until-stdin-closes") { Description = "End when stdin ends" };
    private readonly Option<string> _name = new("--name")
    {
        Description = "The process name that ps and lsof show, 15 bytes",
        HelpName = "NAME",
        DefaultValueFactory = _ => "leaklab",
    };

    internal CommonOptions(Command command)
    {
        command.Add(_name);
        command.Add(_duration);
        command.Add(_releaseAfter);
        command.Add(_untilStdinCloses);
    }

    internal LabSettings Read(ParseResult result) => new(
        result.GetRequiredValue(_name),
        result.GetValue(_duration) ?? DefaultDuration,
        result.GetValue(_releaseAfter),
        result.GetValue(_untilStdinCloses));
}
