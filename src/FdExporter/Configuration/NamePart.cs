namespace FdExporter.Configuration;

/// <param name="Text">The text of a literal, the name of a match; else empty.</param>
internal readonly record struct NamePart(NameField Field, string Text);
