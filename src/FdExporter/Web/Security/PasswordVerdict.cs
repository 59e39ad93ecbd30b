namespace FdExporter.Web.Security;

internal enum PasswordVerdict
{
    Right,
    Wrong,

    /// <summary>Not looked at: too many are waiting.</summary>
    Busy,
}
