namespace FdExporter.Configuration;

/// <summary>Format of log lines.</summary>
internal enum LogFormat
{
    Logfmt,
    Json,
}
