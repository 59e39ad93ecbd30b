using System.Net;
using System.Text.RegularExpressions;
using FdExporter.Web.Pages;
using FdExporter.Web.Security;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FdExporter.Fuzz.Targets;

/// <summary>Input of a client. Kestrel limits a request to 32 KiB of headers and 8 KiB of address.</summary>
internal static partial class WebTargets
{
    private const int LongestHeader = 32 * 1024;
    private const int LongestQuery = 8 * 1024;

    internal static IEnumerable<FuzzTarget> All =>
    [
        new("http-accept", Accept, Captured.Of(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,*/*;q=0.1",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
        {
            Words = ["application/openmetrics-text", "text/plain", ";version=", "1.0.0", "0.0.4", ";q=", "*/*", "text/*", "\""],
            MaxLength = LongestHeader,
        },
        new("http-basic", Basic, Captured.Of("Basic cHJvbWV0aGV1czpzZWNyZXQ=", "basic Og==", "Basic w6k6", "Bearer x")) { Words = ["Basic ", ":", "Og==", "/w==", " ", "="], MaxLength = LongestHeader },
        new("http-host", Host, Captured.Of("localhost", "localhost:10070", "127.0.0.1:10070", "[::1]:10070", "example.com")) { MaxLength = LongestHeader },
        new("http-list-query", List, Captured.Of("q=appserver&sort=close_wait&offset=20&limit=10", "limit=1001")) { Words = ["q=", "sort=", "offset=", "limit=", "&", "%"], MaxLength = LongestQuery },
        new("http-page-query", Page, Captured.Of("q=appserver&processes=-fds&offset=500", "q=%F0%9F%98%80%22%3E&other=1")) { Words = ["q=", "processes=", "offset=", "&", "%"], MaxLength = LongestQuery },
        new("tls-subject-alternative-names", Names, [Convert.FromHexString("3013820b6578616d706c652e6f726787047f000001"), Convert.FromHexString("301c81036140628603753a78871000000000000000000000ffffc0000201")])
        {
            Words = ["\u0030", "\u0082\u0001a", "\u0087\u0004"],
            MaxLength = LongestHeader,
        },
        new("http-scrape-timeout", Timeout, Captured.Of("10", "0.5", "1e-3")) { Words = ["NaN", "Infinity", "e99", "-"], MaxLength = LongestHeader },
    ];

    private static bool Accept(ReadOnlySpan<byte> input)
    {
        // A header may occur several times.
        MetricsFormat format = MetricsFormat.Negotiate(Texts.DecodeWild(input).Split('\n'));
        Expect.True(format == MetricsFormat.Text || format == MetricsFormat.OpenMetrics);
        return format == MetricsFormat.OpenMetrics;
    }

    private static bool Basic(ReadOnlySpan<byte> input)
    {
        string header = Texts.DecodeWild(input);
        bool parsed = BasicCredentials.TryParse(header, out BasicCredentials given);
        Expect.True(parsed || given == default);
        if (parsed)
        {
            Expect.True(!given.User.Contains(':', StringComparison.Ordinal));
            string again = "basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{given.User}:{given.Password}"));
            Expect.True(BasicCredentials.TryParse(again, out BasicCredentials same) && same == given);
        }

        return parsed;
    }

    private static bool Names(ReadOnlySpan<byte> input)
    {
        bool parsed = SubjectAlternativeNames.TryParse(input.ToArray(), out System.Collections.Immutable.ImmutableArray<string> names);
        Expect.True(parsed || names.IsEmpty);
        Expect.True(names.Length <= input.Length);
        return parsed;
    }

    // A request from the machine itself, with any name.
    private static bool Host(ReadOnlySpan<byte> input)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        string host = Texts.DecodeWild(input);
        context.Request.Headers.Host = host;
        bool shows = Disclosure.IsLocal(context);

        // A name that can be looked up at a name server is never taken for ours.
        Expect.True(!shows || LocalName().IsMatch(host), $"{host} passes for a name of this machine");
        return shows;
    }

    private static bool List(ReadOnlySpan<byte> input)
    {
        QueryCollection query = new(QueryHelpers.ParseQuery(Texts.DecodeWild(input)));
        bool read = ListQuery.TryRead(query, isOrdered: true, 100, out ListQuery list, out string problem);
        Expect.Equal(read, problem.Length == 0);
        Expect.True(list.Filter.Length <= 200 && list.Offset >= 0 && list.Limit is >= 1 and <= ListQuery.MostAtOnce);
        Expect.True(Enum.IsDefined(list.Order));
        int[] all = [1, 2, 3];
        (IReadOnlyList<int> part, int total) = list.Of(all);
        Expect.True(total == 3 && part.Count <= Math.Min(3, list.Limit));
        return read && query.Count > 0;
    }

    private static bool Page(ReadOnlySpan<byte> input)
    {
        QueryCollection query = new(QueryHelpers.ParseQuery(Texts.DecodeWild(input)));
        PageQuery page = PageQuery.Of(query, "q", "offset", "processes");
        string link = page.With("processes", "-fds");
        Expect.True(link.StartsWith('?') && link.All(static c => c is > ' ' and < '\u007F' and not ('<' or '>' or '"' or '\'')), link);
        PageQuery again = PageQuery.Of(new QueryCollection(QueryHelpers.ParseQuery(link)), "q", "offset", "processes");
        Expect.Equal("-fds", again["processes"]);
        Expect.Equal(Whole(page["q"]), again["q"]);
        Expect.Equal(Whole(page["offset"]), again["offset"]);
        return page["q"].Length > 0;
    }

    private static bool Timeout(ReadOnlySpan<byte> input)
    {
        TimeSpan offset = TimeSpan.FromMilliseconds(500);
        bool parsed = ScrapeTimeout.TryParse(Texts.DecodeWild(input).Split('\n'), offset, out ScrapeTimeout timeout);
        Expect.True(parsed ? timeout.Budget >= ScrapeTimeout.Least && timeout.Answer >= ScrapeTimeout.Least / 2 && timeout.Answer <= TimeSpan.FromHours(1) : timeout == default);
        return parsed;
    }

    /// <summary>As it is after UTF-8: an unpaired surrogate becomes the replacement character.</summary>
    private static string Whole(string text) => Texts.Decode(System.Text.Encoding.UTF8.GetBytes(text));

    // A number in any spelling and the text after its colon, or an IPv6 address: in brackets with the text after them, or alone.
    [GeneratedRegex(@"\A\s*((localhost|[0-9a-fA-FxX.]+)(:|\z)|\[[^\[\]]*\]|[0-9a-fA-F:.]+\s*\z)")]
    private static partial Regex LocalName();
}
