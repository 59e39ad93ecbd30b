using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FdExporter.Configuration;

/// <summary>Content of the file of <c>--web.config.file</c>: protection of the port. Without the file there is none.</summary>
internal sealed record WebConfig
{
    /// <summary>Null for plain HTTP.</summary>
    internal TlsServerConfig? Tls { get; init; }

    /// <summary>Whether clients can use HTTP/2; only with TLS.</summary>
    internal bool Http2 { get; init; } = true;

    /// <summary>Headers of each response, replacing the exporter's own.</summary>
    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>User to bcrypt hash; empty to allow all clients.</summary>
    internal FrozenDictionary<string, string> Users { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Null for no limit.</summary>
    internal RequestRate? RateLimit { get; init; }

    /// <summary>Keys with a text, or with an empty mapping or list, such as <c>basic_auth_users: {}</c>.</summary>
    internal IReadOnlySet<string> Said { get; init; } = FrozenSet<string>.Empty;
}
