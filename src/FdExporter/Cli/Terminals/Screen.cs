using System.Text;

namespace FdExporter.Cli.Terminals;

/// <summary>
/// A terminal that is written over again and again: from its upper left corner, each line up to its end, so that nothing is
/// empty in between. The cursor is hidden meanwhile, and stands on the line below when this is over.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string ToCorner = "\e[H";
    private const string EraseToEndOfLine = "\e[K";
    private const string EraseBelow = "\e[J";

    private bool _isDrawn;

    /// <param name="lines">One less than it has, at the most, or it scrolls.</param>
    /// <returns>False when nobody looks any more.</returns>
    internal bool TryDraw(IReadOnlyList<TerminalLine> lines, int width)
    {
        StringBuilder frame = new(HideCursor + ToCorner);
        foreach (TerminalLine line in lines)
        {
            // A terminal that has filled its last column still stands on it, and would erase it.
            frame.Append(line.Text).Append(line.Width < width ? EraseToEndOfLine : "").Append("\r\n");
        }

        _isDrawn = true;
        return Output.Print(frame.Append(EraseBelow).ToString());
    }

    /// <summary>For a program that is stopped, until it draws again.</summary>
    internal void Leave()
    {
        if (_isDrawn)
        {
            // Also over the ^C that the terminal has echoed.
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
            // The terminal is gone, which is why this ends; the failure that said so is on its way.
        }
    }
}
