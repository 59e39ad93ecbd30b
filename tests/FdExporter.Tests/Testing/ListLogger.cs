using Microsoft.Extensions.Logging;

namespace FdExporter.Tests.Testing;

/// <summary>Keeps each line with its values.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    internal List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(static pair => $"{pair.Key}={pair.Value}")) : "";
        Lines.Add($"{logLevel} {formatter(state, exception)} {values}");
    }
}
