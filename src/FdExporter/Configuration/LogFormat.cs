namespace FdExporter.Configuration;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    Logfmt,
    Json,
}
