using System.CommandLine;
using System.CommandLine.Help;
using LeakLab;
using LeakLab.Commands;

var root = new RootCommand("Makes real descriptor and CLOSE_WAIT leaks on loopback, and ends them.")
{
    ConnectionCommands.CloseWait(),
    ConnectionCommands.ServerCloseWait(),
    ConnectionCommands.NotAccepted(),
    ConnectionCommands.Established(),
    DescriptorCommands.Fds(),
    DescriptorCommands.Processes(),
    MovingCommands.Churn(),
    MovingCommands.Pods(),
    MovingCommands.Worker(),
    PeerCommand.Create(),
};
foreach (HelpOption help in root.Options.OfType<HelpOption>())
{
    help.Action = new HelpAction { MaxWidth = 80 };
}

ParseResult result = root.Parse(args);
if (result.Errors.Count > 0 && result.Action is not HelpAction)
{
    string message = result.UnmatchedTokens.Count > 0 ? $"unknown argument '{result.UnmatchedTokens[0]}'" : result.Errors[0].Message;
    Logfmt.Error(message);
    return 1;
}

// The lab has its own handling of signals and errors.
return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
