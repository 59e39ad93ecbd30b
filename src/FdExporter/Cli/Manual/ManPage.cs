using System.Text;
using FdExporter.Cli.Completion;
using FdExporter.Configuration;

namespace FdExporter.Cli.Manual;

/// <summary>The manual page for man(1), with the verbs and flags of the help. Source: man(7).</summary>
internal static class ManPage
{
    /// <summary>What precedes the list of verbs.</summary>
    private const string Description = """
        .SH DESCRIPTION
        Serves Prometheus metrics: how many file handles the machine uses, which
        programs hold them and how close each is to its limit; and, for sockets stuck
        in CLOSE_WAIT, which program has not closed them, to which address, for how
        long and why.
        Without a verb it serves until it receives SIGTERM or SIGINT, with a web page
        at the root of the same address.
        The verbs scan this machine without a server.
        .PP
        To find the owners of other users' sockets, it needs
        .B CAP_SYS_PTRACE
        and
        .BR CAP_DAC_READ_SEARCH ;
        .B fd\-exporter check
        reports what it can read, and what to grant.
        .SH VERBS
        Each verb also accepts some of the flags below, before or after it;
        .B fd\-exporter
        .I verb
        .B \-\-help
        lists them.

        """;

    /// <summary>What follows the flags.</summary>
    private const string Ending = """
        .SH EXIT STATUS
        .TP
        .B 0
        Done.
        .TP
        .B 1
        It failed, or a flag is not valid. For
        .BR check :
        also if not everything can be read.
        .TP
        .BR 2 ", " 3
        Only for
        .BR "explain \-\-exit\-code" :
        there is a warning; there is a critical finding.
        .SH SIGNALS
        .TP
        .B SIGHUP
        Reload the file of
        .BR \-\-config.file .
        If it is not valid, the old rules stay in use.
        .TP
        .BR SIGTERM ", " SIGINT
        Finish open requests, then exit.
        .SH ENVIRONMENT
        No flag is read from the environment.
        .TP
        .BR NOTIFY_SOCKET ", " WATCHDOG_USEC ", " JOURNAL_STREAM ", " LISTEN_FDS ", " LISTEN_PID
        Set by
        .BR systemd (1):
        where to report that the exporter is ready, reloads or stops, how often to
        report that it is alive, whether log lines get a level prefix, and the
        sockets for
        .BR \-\-web.systemd\-socket .
        .TP
        .BR COLUMNS ", " NO_COLOR ", " TERM
        Width and colours of the output of the verbs.
        .SH FILES
        Installed by the packages:
        .TP
        .I /etc/default/fd\-exporter
        The flags of the service.
        .TP
        .I /usr/share/fd\-exporter
        Rules and example configurations for Prometheus and Alertmanager, and
        dashboards for Grafana.
        The documentation and the runbooks are in
        .IR /usr/share/doc/fd\-exporter .
        .TP
        .I /var/lib/fd\-exporter
        Evidence files.
        .SH EXAMPLES
        List the processes with most file descriptors, repeatedly:
        .PP
        .RS
        .B fd\-exporter top \-\-watch
        .RE
        .PP
        Report problems of this machine:
        .PP
        .RS
        .B fd\-exporter explain
        .RE
        .PP
        Serve on another port, with rules that name groups:
        .PP
        .RS
        .B fd\-exporter \-\-web.listen\-address=:9999 \-\-config.file=/etc/fd\-exporter/rules.yml
        .RE
        .SH SEE ALSO
        .BR lsof (8),
        .BR ss (8),
        .BR proc (5),
        .BR capabilities (7),
        .BR systemd.service (5)

        """;

    internal static string Of(IReadOnlyList<CompletedCommand> commands)
    {
        CompletedCommand server = commands[0];
        StringBuilder page = new();
        page.Append($"""
            .TH FD\-EXPORTER 1 "" "{Roff.Text($"{BuildInfo.Program} {BuildInfo.Version}")}" "User Commands"
            .nh
            .ad l
            .SH NAME
            {Roff.Lines($"fd-exporter - {server.Description.TrimEnd('.')}")}.SH SYNOPSIS
            .B fd\-exporter
            .RI [ flag ...]

            """);
        foreach (CompletedCommand verb in commands.Skip(1))
        {
            page.Append($".br\n.B fd\\-exporter {Roff.Text(verb.Name)}\n.RI [ flag ...]{(verb.Argument.Length > 0 ? $" \" {Roff.Text(verb.Argument)}\"" : "")}\n");
        }

        page.Append(Description);
        HashSet<string> known = [.. server.Flags.Select(static flag => flag.Names[0])];
        foreach (CompletedCommand verb in commands.Skip(1))
        {
            page.Append($".TP\n.B {Roff.Text(verb.Name)}\n");
            string words = verb.Words.Count > 0 ? $" {verb.Argument} is one of {string.Join(", ", verb.Words)}." : "";
            page.Append(Roff.Lines(verb.Description + words));
            CompletedFlag[] own = [.. verb.Flags.Where(flag => !known.Contains(flag.Names[0]))];
            if (own.Length > 0)
            {
                page.Append(".RS\n");
                AppendFlags(page, own);
                page.Append(".RE\n");
            }
        }

        page.Append(".SH FLAGS\n");
        AppendFlags(page, server.Flags);
        page.Append(Ending);
        return page.ToString();
    }

    private static void AppendFlags(StringBuilder page, IEnumerable<CompletedFlag> flags)
    {
        foreach (CompletedFlag flag in flags)
        {
            string value = flag.Value == CompletedValue.None ? "" : $" \\fI{Roff.Text(flag.ValueName)}\\fR";
            page.Append($".TP\n{string.Join(", ", flag.Names.Select(static name => $"\\fB{Roff.Text(name)}\\fR"))}{value}\n");
            page.Append(Roff.Lines($"{flag.Description.TrimEnd('.')}.{(flag.Default.Length > 0 ? $" Default: {flag.Default}." : "")}"));
        }
    }
}
