
namespace FdExporter.Accounts.Naming;

/// <summary>Node's options that bring no code. A test compares them with the <c>--help</c> of the installed node.</summary>
internal static class NodeOptions
{
    /// <summary>Options whose value may be the next argument.</summary>
    internal static readonly string[] Values =
    [
        "-C", "-r", "--allow-fs-read", "--allow-fs-write", "--build-sea", "--build-snapshot-config", "--conditions", "--cpu-prof-dir",
        "--cpu-prof-interval", "--cpu-prof-name", "--debug-port", "--diagnostic-dir", "--disable-proto", "--disable-warning",
        "--dns-result-order", "--env-file", "--env-file-if-exists", "--es-module-specifier-resolution", "--experimental-config-file",
        "--experimental-default-type", "--experimental-loader", "--experimental-policy", "--experimental-sea-config",
        "--experimental-test-isolation", "--experimental-specifier-resolution", "--heap-prof-dir", "--heap-prof-interval", "--heap-prof-name",
        "--heapsnapshot-near-heap-limit", "--heapsnapshot-signal", "--icu-data-dir", "--import", "--input-type", "--inspect-port",
        "--inspect-publish-uid", "--loader", "--localstorage-file", "--max-http-header-size", "--max-old-space-size-percentage",
        "--network-family-autoselection-attempt-timeout", "--openssl-config", "--policy-integrity", "--redirect-warnings", "--report-dir",
        "--report-directory", "--report-filename", "--report-signal", "--require", "--secure-heap", "--secure-heap-min", "--snapshot-blob",
        "--test-concurrency", "--test-coverage-branches", "--test-coverage-exclude", "--test-coverage-functions", "--test-coverage-include",
        "--test-coverage-lines", "--test-global-setup", "--test-isolation", "--test-name-pattern", "--test-reporter",
        "--test-reporter-destination", "--test-rerun-failures", "--test-shard", "--test-skip-pattern", "--test-timeout", "--title",
        "--tls-cipher-list", "--tls-keylog", "--trace-event-categories", "--trace-event-file-pattern", "--trace-require-module",
        "--unhandled-rejections", "--use-largepages", "--v8-pool-size", "--watch-kill-signal", "--watch-path",
    ];

    /// <summary>Common options without a value. After other options only a word that looks like a script is taken for one.</summary>
    internal static readonly string[] Flags =
    [
        "--abort-on-uncaught-exception", "--cpu-prof", "--enable-source-maps", "--experimental-strip-types", "--experimental-vm-modules",
        "--expose-gc", "--frozen-intrinsics", "--heap-prof", "--insecure-http-parser", "--inspect", "--inspect-brk", "--inspect-wait",
        "--no-deprecation", "--no-warnings", "--openssl-legacy-provider", "--pending-deprecation", "--preserve-symlinks",
        "--preserve-symlinks-main", "--prof", "--throw-deprecation", "--trace-deprecation", "--trace-uncaught", "--trace-warnings",
        "--use-bundled-ca", "--use-openssl-ca", "--use-system-ca", "--watch", "--max-old-space-size", "--max_old_space_size",
        "--max-semi-space-size", "--stack-size",
    ];
}
