namespace FdExporter.Accounts.Naming;

/// <summary>Where an interpreter's arguments tell what it runs.</summary>
/// <param name="Text">The script, module, class or file; for <see cref="OptionKind.Code"/> the code, which is never shown.</param>
/// <param name="Option">The option that brings it, such as <c>-m</c>; empty when it stands alone.</param>
/// <param name="IsDoubtful">Behind an option that is not known: it may be that option's value.</param>
internal readonly record struct ProgramArgument(string Text, string Option = "", bool IsCode = false, bool IsDoubtful = false);
