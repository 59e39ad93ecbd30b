namespace FdExporter.Configuration;

/// <summary>A certificate or key: in its own file, or inline in the configuration.</summary>
/// <param name="Key">Such as <c>tls_server_config.cert_file</c>, for messages.</param>
/// <param name="Line">Line in the configuration.</param>
/// <param name="File">A path resolved relative to the configuration's folder; null if given in <paramref name="Inline"/>.</param>
internal sealed record PemSource(string Key, long Line, string? File, string Inline);
