namespace FdExporter.Metrics;

/// <summary>Why a scrape was answered with an error.</summary>
internal enum RefusalReason
{
    /// <summary>503: more at once than <c>--web.max-requests</c>.</summary>
    Busy,

    /// <summary>503: the scan was not done in time.</summary>
    Timeout,

    /// <summary>400: an unknown collector, an unreadable header.</summary>
    BadRequest,
}
