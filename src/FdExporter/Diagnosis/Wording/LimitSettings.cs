namespace FdExporter.Diagnosis.Wording;

/// <summary>Programs with a setting of their own for the maximum number of descriptors.</summary>
internal static class LimitSettings
{
    /// <summary>By the start of the command name, which the kernel cuts at 15 bytes.</summary>
    private static readonly (string Comm, string Setting)[] s_known =
    [
        ("apache2", "APACHE_ULIMIT_MAX_FILES (envvars)"),
        ("asterisk", "maxfiles (asterisk.conf)"),
        ("clickhouse-serv", "max_open_files (config.xml)"),
        ("haproxy", "maxconn or ulimit-n (section global)"),
        ("lighttpd", "server.max-fds"),
        ("mariadbd", "open_files_limit (section mysqld)"),
        ("memcached", "-c (connections)"),
        ("mysqld", "open_files_limit (section mysqld)"),
        ("nginx", "worker_rlimit_nofile (nginx.conf)"),
        ("php-fpm", "rlimit_files (php-fpm.conf, or of the pool)"),
        ("postgres", "max_files_per_process (postgresql.conf)"),
        ("redis-server", "maxclients (redis.conf)"),
        ("squid", "max_filedescriptors (squid.conf)"),
        ("uwsgi", "max-fd"),
        ("valkey-server", "maxclients (valkey.conf)"),
    ];

    /// <summary>Null for programs without a known setting.</summary>
    internal static string? Of(string comm)
    {
        foreach ((string known, string setting) in s_known)
        {
            if (comm.StartsWith(known, StringComparison.Ordinal))
            {
                return setting;
            }
        }

        return null;
    }
}
