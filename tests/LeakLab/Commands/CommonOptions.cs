using System.CommandLine;

namespace LeakLab.Commands;

/// <summary>The options of every verb.</summary>
internal sealed class CommonOptions
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(10);

    private readonly Option<TimeSpan?> _duration = Options.Time("--duration", "Exit after this time [default: 10m]");
    private readonly Option<TimeSpan?> _releaseAfter
        = Options.Time("--release-after", "Close the leaked descriptors this long after `ready`, and keep running");

    private readonly Option<bool> _untilStdinCloses = new("--until-stdin-closes") { Description = "Exit when stdin is closed" };
    private readonly Option<string> _name = new("--name")
    {
        Description = "Process name in ps and lsof, at most 15 bytes",
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
