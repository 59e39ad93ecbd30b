
namespace FdExporter.Configuration;

/// <summary>The flags of Go's <c>(?imsU)</c>.</summary>
[Flags]
internal enum GoRegexFlags
{
    None = 0,
    IgnoreCase = 1,
    MultiLine = 2,
    DotAll = 4,
    Ungreedy = 8,
}
