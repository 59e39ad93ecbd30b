namespace FdExporter.Fuzz.Targets;

/// <summary>A parser gave an answer that must not be.</summary>
internal sealed class FuzzException(string message) : Exception(message);
