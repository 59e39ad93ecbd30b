namespace FdExporter.Web.Security;

internal enum PasswordVerdict
{
    Right,
    Wrong,

    /// <summary>Not checked: too many are waiting.</summary>
    Busy,
}
