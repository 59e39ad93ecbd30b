using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
using FdExporter.Evidence;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Tests.Evidence;

public partial class EvidenceJsonTests
{
    private static readonly Finding s_finding = new("close_wait_not_closed", Severity.Warning, "140 sockets ...", "Close them.")
    {
        Culprit = new ProcessId(7, 1),
    };

    [Fact]
    public void Document_OfACapturedProcess()
    {
        using FixtureHost host = new();
        using HostScanner scanner = new(host.Root, static process => process.Comm, TimeProvider.System, NullLogger<HostScanner>.Instance);
        ProcessInspection inspection = scanner.TryInspect(9, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1)))!;
        byte[] json = EvidenceJson.Of(inspection, [s_finding], new HostDocument.Handles(16240, 1048576, false, null, null), new Growth(190.04, TimeSpan.FromHours(1), default));
        JsonElement document = Parse(json);
        Assert.Equal(Environment.MachineName, document.GetProperty("host").GetString());
        Assert.Equal(inspection.TakenAt, document.GetProperty("taken_at").GetDateTimeOffset());
        Assert.Equal(inspection.Process.Facts.StartTime, document.GetProperty("process").GetProperty("start_time").GetDateTimeOffset());
        Assert.Equal(FdExporter.Configuration.BuildInfo.Version, document.GetProperty("version").GetString());
        Golden.Verify(Changing().Replace(Encoding.UTF8.GetString(json), "\"$1\": \"SCRUBBED\""));
    }

    [Fact]
    public void HundredThousandLongHostilePaths_FitAndAreStillCounted()
    {
        string path = "/" + string.Concat(Enumerable.Repeat("\u0001\"\\\u202e\uFFFD\uD800<", 585))[..4094];
        FdSample[] fds = [.. Enumerable.Range(0, ProcessInspection.MostListed).Select(i => new FdSample(i, i % 2 == 0 ? FdType.File : FdType.DeletedFile, path, null))];
        byte[] json = EvidenceJson.Of(Inspection(fds), Enumerable.Repeat(s_finding with { Text = path, Advice = path }, 1000), null, null);
        Assert.InRange(json.Length, EvidenceJson.MostBytes / 2, EvidenceJson.MostBytes);
        JsonElement document = Parse(json);
        Assert.Equal(ProcessInspection.MostListed, document.GetProperty("total").GetInt32());
        JsonElement[] listed = [.. document.GetProperty("items").EnumerateArray()];
        Assert.Equal(document.GetProperty("limit").GetInt32(), listed.Length);

        // Each is 20 KB long; they are spread over the whole table, so they are no page of it.
        Assert.Equal(JsonValueKind.Null, document.GetProperty("offset").ValueKind);
        Assert.InRange(listed.Length, 10, 100);
        Assert.InRange(listed[^1].GetProperty("fd").GetInt32(), ProcessInspection.MostListed * 3 / 4, ProcessInspection.MostListed);
        Assert.Equal(50_000, document.GetProperty("fds").GetProperty("deleted_file").GetInt32());
    }

    [Fact]
    public void DifferentPathsWithoutEnd_Fit()
    {
        FdSample[] fds = [.. Enumerable.Range(0, 3000).Select(static i => new FdSample(i, FdType.File, $"/{i}{new string('\u0001', 4000)}/x", null))];
        byte[] json = EvidenceJson.Of(Inspection(fds), [s_finding], null, null);
        Assert.InRange(json.Length, 1, EvidenceJson.MostBytes);
        JsonElement document = Parse(json);
        Assert.Equal(3000, document.GetProperty("kinds").EnumerateArray().Sum(static group => group.GetProperty("count").GetInt32()));
        Assert.NotEqual(0, document.GetProperty("limit").GetInt32());
    }

    [Fact]
    public void LongestNamesEverywhere_Fit()
    {
        string name = new('\u0001', 700);
        ProcessInspection inspection = Inspection([.. Enumerable.Range(0, 300).Select(i => new FdSample(i, FdType.File, $"/{i}{name}/x", null)), .. Enumerable.Range(300, 300).Select(Stuck)]);
        inspection = inspection with
        {
            Process = inspection.Process with { Facts = inspection.Process.Facts with { Group = name, User = name, Owner = new CgroupOwner(name, name, name) } },
            Held = [.. Enumerable.Range(0, 300).Select(i => new HeldSample(HolderKind.IoUring, 1, 1, new FdSample(i, FdType.File, $"/{i}{name}/y", null)))],
        };
        byte[] json = EvidenceJson.Of(inspection, Enumerable.Repeat(s_finding with { Text = name + name + name, Advice = name }, 1000), null, null);
        Assert.InRange(json.Length, 1, EvidenceJson.MostBytes);
        JsonElement document = Parse(json);
        Assert.Equal(300, document.GetProperty("close_wait").EnumerateArray().Sum(static row => row.GetProperty("sockets").GetInt32()));
        Assert.NotEqual(0, document.GetProperty("limit").GetInt32());

        static FdSample Stuck(int i) => new(i, FdType.Socket, $"socket:[{i}]", new SocketSample(
            SocketProtocol.Tcp, TcpState.CloseWait, ConnectionDirection.Outbound, new ConnectionAddress(0, 1, 1), new ConnectionAddress(0, 2, (ushort)i), Cause: CloseWaitCause.NotClosed));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void WhatFits_IsListedInFull(int count)
    {
        FdSample[] fds = [.. Enumerable.Range(0, count).Select(static i => new FdSample(i, FdType.Pipe, $"pipe:[{i}]", null))];
        JsonElement document = Parse(EvidenceJson.Of(Inspection(fds), [s_finding], null, null));
        Assert.Equal((count, 0, count), (document.GetProperty("total").GetInt32(), document.GetProperty("offset").GetInt32(), document.GetProperty("limit").GetInt32()));
        Assert.Equal(
            fds.Select(static fd => (fd.Number, fd.Target)),
            document.GetProperty("items").EnumerateArray().Select(static each => (each.GetProperty("fd").GetInt32(), each.GetProperty("target").GetString()!)));
    }

    [Theory]
    [InlineData(false, 0, false)]
    [InlineData(true, 5, false)]
    [InlineData(true, 0, true)]
    public void NotAllSeen_IsSaid_AndWhatIsUnknownIsNull(bool isVisible, int unlisted, bool isCutShort)
    {
        FdSample[] fds = isVisible ? [new FdSample(0, FdType.Pipe, "pipe:[1]", null)] : [];
        JsonElement document = Parse(EvidenceJson.Of(Inspection(fds) with { IsVisible = isVisible, Unlisted = unlisted, IsCutShort = isCutShort }, [s_finding], null, null));
        Assert.Equal(isVisible, document.GetProperty("visible").GetBoolean());
        foreach (string field in (string[])["cut_short", "unlisted", "fds", "sockets_by_protocol", "close_wait_by_cause", "close_wait", "kinds", "held_without_descriptor", "total", "offset", "limit", "items"])
        {
            Assert.Equal(isVisible, document.GetProperty(field).ValueKind != JsonValueKind.Null);
        }

        // There may be more than what is listed.
        Assert.Equal(isVisible && unlisted == 0 && !isCutShort, document.GetProperty("process").GetProperty("tcp_sockets").ValueKind != JsonValueKind.Null);
        if (isVisible)
        {
            Assert.Equal((unlisted, isCutShort), (document.GetProperty("unlisted").GetInt32(), document.GetProperty("cut_short").GetBoolean()));
        }

        Assert.Equal(isVisible ? 1 : null, document.GetProperty("total") is { ValueKind: JsonValueKind.Number } total ? total.GetInt32() : (int?)null);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("process").GetProperty("growth_per_hour").ValueKind);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("file_handles").ValueKind);
    }

    [Fact]
    public void CommandLine_IsLeftOut()
        => Assert.DoesNotContain(
            "hunter2",
            Encoding.UTF8.GetString(EvidenceJson.Of(Inspection() with { Arguments = ["app", "--password=hunter2"] }, [s_finding], null, null)),
            StringComparison.Ordinal);

    [Fact]
    public void AnyNames_AreValidJson()
        => Gen.Select(Gen.String[Gen.Char, 0, 700], Gen.String[Gen.Char, 0, 50]).Sample(static (name, other) =>
        {
            ProcessInspection inspection = Inspection(
                new FdSample(1, FdType.File, name, null),
                new FdSample(2, FdType.Socket, "socket:[1]", new SocketSample(SocketProtocol.Unix, Path: other)));
            inspection = inspection with
            {
                Process = inspection.Process with
                {
                    Facts = inspection.Process.Facts with { Comm = other, Group = name, User = other, Owner = new CgroupOwner(name, other, name) },
                },
            };
            Assert.Equal(2, Parse(EvidenceJson.Of(inspection, [s_finding with { Text = name, Advice = other }], null, null)).GetProperty("limit").GetInt32());
        }, iter: 500);

    private static JsonElement Parse(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static ProcessInspection Inspection(params FdSample[] fds)
    {
        FdTypeCounts types = default;
        foreach (FdSample fd in fds)
        {
            types[fd.Type]++;
        }

        return new ProcessInspection
        {
            TakenAt = DateTimeOffset.UnixEpoch,
            Process = Snapshots.Process(7, "appserver", fds.Length),
            Arguments = [],
            IsVisible = true,
            Types = types,
            Fds = [.. fds],
            Unlisted = 0,
            IsCutShort = false,
        };
    }

    [GeneratedRegex("\"(version|host|taken_at|start_time)\": \"[^\"]*\"")]
    private static partial Regex Changing();
}
