namespace FdExporter.Fuzz.Targets;

/// <summary>A parser's result breaks a condition.</summary>
internal sealed class FuzzException(string message) : Exception(message);
