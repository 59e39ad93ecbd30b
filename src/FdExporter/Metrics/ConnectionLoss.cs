namespace FdExporter.Metrics;

/// <summary>Why a connection was closed for want of room.</summary>
internal enum ConnectionLoss
{
    /// <summary>It was one too many.</summary>
    Refused,

    /// <summary>Nothing was being answered on it, and another one needed its place.</summary>
    Idle,

    /// <summary>Its client had more connections than that of the one that needed its place.</summary>
    Busy,
}
