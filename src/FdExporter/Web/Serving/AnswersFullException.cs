namespace FdExporter.Web.Serving;

/// <summary>An answer had to be given up: those under way have all the memory that they may have, or their client's share of it.</summary>
internal sealed class AnswersFullException() : Exception("Too many answers are on their way, try again later.");
