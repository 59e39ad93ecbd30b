using System.Buffers;
using System.Text;
using FdExporter.Model;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// Recognises a runtime by the name of the program file and by its libraries, and Go by the address of its heap. The program file
/// is decisive; a library may also belong to an embedded interpreter, so the first in the order of <see cref="RuntimeKind"/> counts.
/// </summary>
internal struct RuntimeSigns
{
    /// <summary>Where Go puts its heap on 64-bit machines. Source: Go, runtime/malloc.go, arenaHint.</summary>
    private const ulong GoHeap = 0xc000000000;

    private static readonly SearchValues<byte> s_version = SearchValues.Create("0123456789."u8);

    private ProgramRuntime? _byLibrary;

    /// <summary>The runtime after all mappings; native without a sign.</summary>
    internal readonly ProgramRuntime Runtime => _byLibrary ?? new ProgramRuntime(RuntimeKind.Native, "");

    /// <summary>The runtime that has this program file: an interpreter.</summary>
    // /usr/bin/python3.11, /usr/sbin/php-fpm8.2, /usr/bin/ruby3.1, /usr/bin/node
    internal static ProgramRuntime? OfProgram(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = NameOf(path);
        return TryCut(name, "python"u8, out string version) ? new ProgramRuntime(RuntimeKind.Python, version)
            : TryCut(name, "ruby"u8, out version) ? new ProgramRuntime(RuntimeKind.Ruby, version)
            : TryCut(name, "php-fpm"u8, out version) || TryCut(name, "php-cgi"u8, out version) || TryCut(name, "php"u8, out version) ? new ProgramRuntime(RuntimeKind.Php, version)
            : TryCut(name, "perl"u8, out version) ? new ProgramRuntime(RuntimeKind.Perl, version)
            : name.SequenceEqual("node"u8) || name.SequenceEqual("nodejs"u8) ? new ProgramRuntime(RuntimeKind.Node, "")
            : null;
    }

    /// <summary>Takes the next mapping into account.</summary>
    /// <param name="path">The mapped file; empty without one.</param>
    internal void Add(ulong start, ReadOnlySpan<byte> path)
    {
        ProgramRuntime? found = path.IsEmpty ? (start == GoHeap ? new ProgramRuntime(RuntimeKind.Go, "") : null) : OfLibrary(path);
        if (found is { } runtime && (_byLibrary is not { } before || runtime.Kind < before.Kind))
        {
            _byLibrary = runtime;
        }
    }

    // /usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so, /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.1/libcoreclr.so
    // libpython3.11.so.1.0, libruby-3.1.so.3.1.2, libphp8.2.so, libperl.so.5.36.0
    private static ProgramRuntime? OfLibrary(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = NameOf(path);
        int end = name.IndexOf(".so"u8);
        if (end < 0 || !name.StartsWith("lib"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> library = name[3..end];
        return library.SequenceEqual("jvm"u8) || library.SequenceEqual("j9vm29"u8) ? new ProgramRuntime(RuntimeKind.Java, "")
            : library.SequenceEqual("coreclr"u8) ? new ProgramRuntime(RuntimeKind.DotNet, VersionOf(NameOf(path[..^(name.Length + 1)])))
            : library.SequenceEqual("node"u8) ? new ProgramRuntime(RuntimeKind.Node, "")
            : TryCut(library, "python"u8, out string version) ? new ProgramRuntime(RuntimeKind.Python, version)
            : TryCut(library, "ruby-"u8, out version) || TryCut(library, "ruby"u8, out version) ? new ProgramRuntime(RuntimeKind.Ruby, version)
            : TryCut(library, "php"u8, out version) ? new ProgramRuntime(RuntimeKind.Php, version)
            : library.SequenceEqual("perl"u8) ? new ProgramRuntime(RuntimeKind.Perl, "")
            : null;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];

    private static bool TryCut(ReadOnlySpan<byte> name, ReadOnlySpan<byte> before, out string version)
    {
        version = "";
        if (!name.StartsWith(before))
        {
            return false;
        }

        version = VersionOf(name[before.Length..]);
        return version.Length == name.Length - before.Length;
    }

    /// <summary>Digits and points; empty for anything else.</summary>
    private static string VersionOf(ReadOnlySpan<byte> text)
        => text.Length > 16 || text.ContainsAnyExcept(s_version) ? "" : Encoding.ASCII.GetString(text);
}
