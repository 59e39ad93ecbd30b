using FdExporter.Model;

namespace FdExporter.Accounts.Naming;

/// <summary>
/// The name of a program by its file. A vague name is joined with the nearest specific folder of its own path, else of the
/// working directory, else with the unit.
/// </summary>
internal static class ProgramPath
{
    /// <summary>Units that run many different programs.</summary>
    private static readonly string[] s_vagueUnits =
        ["atd", "containerd", "cron", "crond", "crio", "docker", "getty", "kubelet", "podman", "ssh", "sshd", "supervisor", "supervisord", "user"];

    /// <summary>/srv/payment/dist/server.js -> payment/server.js, /usr/bin/gunicorn -> gunicorn.</summary>
    internal static string? NameOf(string path, ProcessDescription process) => NameOf(path, process, static file => file);

    /// <param name="shorten">Shortens the file's own name.</param>
    internal static string? NameOf(string path, ProcessDescription process, Func<string, string> shorten)
    {
        List<string> parts = Split(path);
        bool isRelative = !path.StartsWith('/');
        if (parts.Count == 0 || parts[^1] == "..")
        {
            // The working directory is the program.
            parts = isRelative && process.WorkingDirectory() is { } directory ? Resolve(Split(directory), parts) : [];
            isRelative = false;
            if (parts.Count == 0)
            {
                return null;
            }
        }

        string name = shorten(parts[^1]);
        if (!VagueName.IsProgram(StemOf(name)))
        {
            return name;
        }

        List<string> folders = parts[..^1];
        string? place = SpecificFolder(folders);
        if (place is null && isRelative && process.WorkingDirectory() is { } workingDirectory)
        {
            place = SpecificFolder(Resolve(Split(workingDirectory), folders));
        }

        return (place ?? SpecificUnit(process.Owner.Unit)) is { } where && ProgramLabel.IsName(where) ? $"{where}/{name}" : name;
    }

    /// <summary>For a name without a path: the file may be in any of several folders.</summary>
    internal static string InUnit(string name, ProcessDescription process)
        => SpecificUnit(process.Owner.Unit) is { } unit && ProgramLabel.IsName(unit) && unit != name ? $"{unit}/{name}" : name;

    /// <summary>A vague name, joined with the working directory or the unit.</summary>
    internal static string InPlace(string name, ProcessDescription process) => PlaceOf(process) is { } place ? $"{place}/{name}" : name;

    /// <summary>The working directory or the unit, whichever is specific; else null.</summary>
    internal static string? PlaceOf(ProcessDescription process)
        => (SpecificFolder(Split(process.WorkingDirectory() ?? "")) ?? SpecificUnit(process.Owner.Unit)) is { } place && ProgramLabel.IsName(place) ? place : null;

    internal static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The file's name without its last suffix.</summary>
    internal static string StemOf(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }

    internal static string? SpecificFolderOf(string path) => Split(path) is { Count: > 1 } parts ? SpecificFolder(parts[..^1]) : null;

    private static string? SpecificFolder(List<string> folders)
        => folders.FindLast(static folder => !VagueName.IsFolder(VagueName.WithoutVersion(folder))) is { } folder ? VagueName.WithoutVersion(folder) : null;

    // payment@2.service -> payment; the same for a user's user@1000.service/payment.service
    private static string? SpecificUnit(string unit)
    {
        unit = BaseName(unit);
        if (!unit.EndsWith(".service", StringComparison.Ordinal))
        {
            return null;
        }

        string name = unit[..^".service".Length];
        int instance = name.IndexOf('@', StringComparison.Ordinal);
        name = instance > 0 ? name[..instance] : name;
        return VagueName.IsFolder(name) || s_vagueUnits.Contains(name) || name.StartsWith("pm2-", StringComparison.Ordinal) ? null : name;
    }

    private static List<string> Split(string path) => Resolve([], [.. path.Split('/')]);

    // bin/../src -> src; a leading .. is kept, to be resolved by the working directory.
    private static List<string> Resolve(List<string> start, List<string> parts)
    {
        List<string> resolved = start;
        foreach (string part in parts)
        {
            if (part == ".." && resolved.Count > 0 && resolved[^1] != "..")
            {
                resolved.RemoveAt(resolved.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                resolved.Add(part);
            }
        }

        return resolved;
    }
}
