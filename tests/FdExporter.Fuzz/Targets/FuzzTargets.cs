namespace FdExporter.Fuzz.Targets;

/// <summary>
/// Every entry point for bytes or text from outside. The property tests try each on each run, the command <c>fuzz</c> for
/// the requested time, and a test compares the list with the code.
/// </summary>
/// <remarks>
/// The web configuration (<c>--web.config.file</c>), once it is read, becomes a target of <see cref="ConfigurationTargets"/>;
/// until then that test fails.
/// </remarks>
internal static class FuzzTargets
{
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. ProcfsTargets.All,
        .. SockDiagTargets.All,
        .. ScanningTargets.All,
        .. ConfigurationTargets.All,
        .. GroupingTargets.All,
        .. WebTargets.All,
        .. OutputTargets.All,
    ];

    internal static FuzzTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);
}
