namespace FdExporter.Configuration;

/// <summary>Where a certificate or a key is: in a file of its own, or in the configuration itself.</summary>
/// <param name="Key">Such as <c>tls_server_config.cert_file</c>, for messages.</param>
/// <param name="Line">Of the configuration.</param>
/// <param name="File">A path from the configuration's folder resolved; null when it stands in <paramref name="Inline"/>.</param>
internal sealed record PemSource(string Key, long Line, string? File, string Inline);
