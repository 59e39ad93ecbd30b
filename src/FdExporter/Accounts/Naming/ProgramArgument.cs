namespace FdExporter.Accounts.Naming;

/// <summary>The argument of an interpreter that names its program.</summary>
/// <param name="Text">The script, module, class or file; for <see cref="OptionKind.Code"/> the code, which is never shown.</param>
/// <param name="Option">The option that brings it, such as <c>-m</c>; empty if there is none.</param>
/// <param name="IsDoubtful">It follows an unknown option and may be that option's value.</param>
internal readonly record struct ProgramArgument(string Text, string Option = "", bool IsCode = false, bool IsDoubtful = false);
