using FdExporter.Diagnosis;
using FdExporter.Grouping;

namespace FdExporter.Web.Serving;

/// <summary>What every page and every document of the API is made of: one scan, the history until then, and the verdict.</summary>
internal sealed record HostView(GroupedHost Host, HostHistory History, Verdict Verdict);
