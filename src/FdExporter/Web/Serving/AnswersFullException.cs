namespace FdExporter.Web.Serving;

/// <summary>An answer was abandoned because pending answers use all memory allowed for them, or the client's share of it.</summary>
internal sealed class AnswersFullException() : Exception("Too many answers are pending, try again later.");
