namespace FdExporter.Linux.Procfs;

/// <summary>
/// The lines <c>Tcp:</c> of <c>/proc/PID/net/snmp</c>: TCP counters of a network namespace since its creation, IPv4 and IPv6
/// together. Source: proc_pid_net(5), RFC 1213. Readable by everybody.
/// </summary>
/// <param name="ActiveOpens">Outgoing connections.</param>
/// <param name="PassiveOpens">Incoming connections accepted by the kernel.</param>
/// <param name="AttemptFails">Failed handshakes.</param>
/// <param name="EstabResets">Connections that were reset.</param>
/// <param name="Established">Current connections in ESTABLISHED and CLOSE_WAIT.</param>
/// <param name="InSegments">Segments received.</param>
/// <param name="OutSegments">Segments sent.</param>
/// <param name="Retransmitted">Segments retransmitted.</param>
internal readonly record struct SnmpTcp(
    ulong ActiveOpens,
    ulong PassiveOpens,
    ulong AttemptFails,
    ulong EstabResets,
    ulong Established,
    ulong InSegments,
    ulong OutSegments,
    ulong Retransmitted)
{
    // Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
    // Tcp: 1 200 120000 -1 14991 14928 0 10472 0 107112 101636 0 0 8135 0
    internal static bool TryParse(ReadOnlySpan<byte> text, out SnmpTcp value)
    {
        value = default;
        bool hasHeadings = false;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (!line.StartsWith("Tcp:"u8))
            {
                continue;
            }

            if (hasHeadings)
            {
                return TryParseValues(line["Tcp:".Length..], out value);
            }

            hasHeadings = line.StartsWith("Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs"u8);
        }

        return false;
    }

    private static bool TryParseValues(ReadOnlySpan<byte> values, out SnmpTcp value)
    {
        ByteReader fields = new(values);
        value = default;
        if (fields.TrySkipFields(4)
            && fields.TryTakeUInt64(out ulong active)
            && fields.TryTakeUInt64(out ulong passive)
            && fields.TryTakeUInt64(out ulong failed)
            && fields.TryTakeUInt64(out ulong resets)
            && fields.TryTakeUInt64(out ulong established)
            && fields.TryTakeUInt64(out ulong received)
            && fields.TryTakeUInt64(out ulong sent)
            && fields.TryTakeUInt64(out ulong again))
        {
            value = new SnmpTcp(active, passive, failed, resets, established, received, sent, again);
            return true;
        }

        return false;
    }

    /// <summary>Of the network namespace of a process.</summary>
    internal static ReadStatus TryReadOf(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out SnmpTcp value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "net/snmp"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
