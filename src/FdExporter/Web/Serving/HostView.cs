using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Grouping;

namespace FdExporter.Web.Serving;

/// <summary>The data of every page and API document: one scan, the history until then, and the verdict.</summary>
internal sealed record HostView(GroupedHost Host, HostHistory History, Verdict Verdict);
