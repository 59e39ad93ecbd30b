using System.CommandLine;
using System.CommandLine.Help;
using LeakLab;
using LeakLab.Commands;

var root = new RootCommand("Create real descriptor and CLOSE_WAIT leaks on loopback, for a limited time.")
{
    ConnectionCommands.CloseWait(),
    ConnectionCommands.ServerCloseWait(),
    ConnectionCommands.NotAccepted(),
    ConnectionCommands.ListenerFull(),
    ConnectionCommands.Established(),
    ConnectionCommands.Connecting(),
    ConnectionCommands.Udp(),
    UnixCommands.Unix(),
    UnixCommands.UnixPeerClosed(),
    UnixCommands.UnixWaiting(),
    DescriptorCommands.Fds(),
    DescriptorCommands.Deleted(),
    DescriptorCommands.Inotify(),
    DescriptorCommands.Mapped(),
    DescriptorCommands.Processes(),
    MovingCommands.Churn(),
    MovingCommands.Pods(),
    MovingCommands.Worker(),
    PeerCommand.Create(),
    UnixCommands.Peer(),
};
foreach (HelpOption help in root.Options.OfType<HelpOption>())
{
    help.Action = new HelpAction { MaxWidth = 80 };
}

// An abstract name begins with @, which is no response file.
ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (result.Errors.Count > 0 && result.Action is not HelpAction)
{
    string message = result.UnmatchedTokens.Count > 0 ? $"unknown argument '{result.UnmatchedTokens[0]}'" : result.Errors[0].Message;
    Logfmt.Error(message);
    return 1;
}

// The lab has its own handling of signals and errors.
return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
