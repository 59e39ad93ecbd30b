namespace FdExporter.Metrics;

/// <summary>Why a scrape was answered with an error.</summary>
internal enum RefusalReason
{
    /// <summary>503: more concurrent scrapes than <c>--web.max-requests</c>.</summary>
    Busy,

    /// <summary>503: the scan did not finish in time.</summary>
    Timeout,

    /// <summary>400: unknown collector or invalid header.</summary>
    BadRequest,
}
