using System.Buffers;
using System.Collections.Frozen;

namespace FdExporter.Accounts.Naming;

/// <summary>Names shared by many programs, which identify none.</summary>
internal static class VagueName
{
    private static readonly SearchValues<char> s_versionCharacters = SearchValues.Create("0123456789.");

    private static readonly SearchValues<char> s_idCharacters = SearchValues.Create("0123456789abcdef-");

    private static readonly FrozenSet<string> s_programs = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "__init__", "__main__", "agent", "api", "app", "application", "artisan", "asgi", "backend", "boot", "bootstrap", "cli", "console",
        "cron", "daemon", "default", "entry", "entrypoint", "frontend", "host", "index", "init", "launch", "launcher", "main", "manage", "master",
        "program", "quarkus-run", "rails", "rake", "root", "run", "runner", "server", "service", "start", "starter", "startup", "web", "webapi",
        "worker", "wsgi", "www");

    private static readonly FrozenSet<string> s_folders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "bundle", "classes", "code", "current", "debug", "deploy", "dist", "home", "html", "htdocs", "lib", "lib32", "lib64", "libexec", "libs",
        "local", "node_modules", "opt", "out", "output", "packages", "public", "publish", "quarkus-app", "release", "releases", "sbin", "scripts",
        "share", "shared", "site-packages", "source", "sources", "src", "srv", "standalone", "target", "tmp", "usr", "var", "venv", "env",
        "version", "versions", "workspace");

    /// <summary>Output folders, also used to name scripts: <c>node dist</c>.</summary>
    private static readonly FrozenSet<string> s_outputFolders = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "bin", "build", "dist", "lib", "out", "src");

    /// <summary>Names of a main thread or of a program without a file; the first argument is more specific.</summary>
    private static readonly FrozenSet<string> s_commandNames = FrozenSet.Create(StringComparer.Ordinal, "cache-main", "exe", "main", "MainThread", "node-MainThread");

    /// <param name="name">Without folder and suffix.</param>
    internal static bool IsProgram(string name) => s_programs.Contains(name) || s_outputFolders.Contains(name) || IsVersion(name);

    internal static bool IsFolder(string name)
        => name.Length == 0 || name[0] == '.' || s_folders.Contains(name) || IsProgram(name) || (name.StartsWith("net", StringComparison.Ordinal) && IsVersion(name[3..]))
            || name.StartsWith("linux-", StringComparison.Ordinal);

    /// <summary>A process started from a descriptor is named by its number on kernels before 6.14.</summary>
    internal static bool IsComm(string comm) => s_commandNames.Contains(comm) || IsVersion(comm);

    /// <summary>1.4.2, v2, 20240131-2, and ids of commits and deployments.</summary>
    private static bool IsVersion(string name)
    {
        ReadOnlySpan<char> digits = name.AsSpan(name.StartsWith('v') ? 1 : 0);
        int end = digits.IndexOfAnyExcept(s_versionCharacters);
        if (digits.Length > 0 && char.IsAsciiDigit(digits[0]) && (end < 0 || digits[end] is '-' or '_' or '+'))
        {
            return true;
        }

        return name.Length >= 7 && name.AsSpan().IndexOfAnyExcept(s_idCharacters) < 0 && name.AsSpan().ContainsAnyInRange('0', '9');
    }

    /// <summary>payment-service-1.4.2-SNAPSHOT -> payment-service, so the next release continues the series.</summary>
    internal static string WithoutVersion(string name)
    {
        for (int i = 1; i + 1 < name.Length; i++)
        {
            if (name[i] is '-' or '_' && IsVersion(name[(i + 1)..].TrimStart('v')))
            {
                return name[..i];
            }
        }

        return name;
    }
}
