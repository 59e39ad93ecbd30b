using System.Text;

namespace FdExporter.Cli.Terminals;

/// <summary>
/// A terminal that is redrawn repeatedly. Each line is overwritten from the upper left corner on instead of clearing the screen,
/// which would flicker. The cursor is hidden until the end, and then on the line below.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string ToCorner = "\e[H";
    private const string EraseToEndOfLine = "\e[K";
    private const string EraseBelow = "\e[J";

    private bool _isDrawn;

    /// <param name="lines">At most one less than the terminal has, or it scrolls.</param>
    /// <returns>False if the terminal is closed.</returns>
    internal bool TryDraw(IReadOnlyList<TerminalLine> lines, int width)
    {
        StringBuilder frame = new(HideCursor + ToCorner);
        foreach (TerminalLine line in lines)
        {
            // After a full line the cursor is still on its last column, so erasing would remove that character.
            frame.Append(line.Text).Append(line.Width < width ? EraseToEndOfLine : "").Append("\r\n");
        }

        _isDrawn = true;
        return Output.Print(frame.Append(EraseBelow).ToString());
    }

    /// <summary>Shows the cursor while the program is stopped, until the next draw.</summary>
    internal void Leave()
    {
        if (_isDrawn)
        {
            // Also erases the ^C that the terminal has echoed.
            Output.Print("\r" + EraseToEndOfLine + ShowCursor);
        }
    }

    public void Dispose()
    {
        try
        {
            Leave();
        }
        catch (IOException)
        {
            // The terminal is closed. The exception that ended the program says so already.
        }
    }
}
