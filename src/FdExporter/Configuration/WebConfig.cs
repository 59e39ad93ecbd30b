using System.Collections.Frozen;
using System.Collections.Immutable;

namespace FdExporter.Configuration;

/// <summary>What the file of <c>--web.config.file</c> says: how the port is guarded. Without the file it is not.</summary>
internal sealed record WebConfig
{
    /// <summary>Null for plain HTTP.</summary>
    internal TlsServerConfig? Tls { get; init; }

    /// <summary>Whether clients that offer HTTP/2 get it; only with TLS.</summary>
    internal bool Http2 { get; init; } = true;

    /// <summary>Headers of each answer, in place of the exporter's own.</summary>
    internal ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>User to bcrypt hash; empty to let everybody in.</summary>
    internal FrozenDictionary<string, string> Users { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Null for as many requests as they like.</summary>
    internal RequestRate? RateLimit { get; init; }

    /// <summary>Keys that the file gives a text, or a mapping or list in which nothing is, such as <c>basic_auth_users: {}</c>.</summary>
    internal IReadOnlySet<string> Said { get; init; } = FrozenSet<string>.Empty;
}
