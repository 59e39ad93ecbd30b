namespace FdExporter.Web.Api;

/// <summary>Why a request was not answered. Source: RFC 9457.</summary>
internal sealed record ProblemDocument(int Status, string Title, string Detail);
