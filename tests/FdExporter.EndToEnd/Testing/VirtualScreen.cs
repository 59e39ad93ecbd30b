using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.EndToEnd.Testing;

/// <summary>
/// The screen of a terminal of this size after this text was sent to it. Behaves like xterm for the sequences that the
/// program may send; any other sequence fails the test.
/// </summary>
internal sealed partial class VirtualScreen
{
    private readonly char[][] _cells;
    private readonly int _columns;
    private int _row;
    private int _column;

    /// <summary>The last column is filled: the next character goes to the next line, and erasing begins with the last.</summary>
    private bool _isFull;

    internal VirtualScreen(int columns, int rows, string text)
    {
        _columns = columns;
        _cells = new char[rows][];
        for (int row = 0; row < rows; row++)
        {
            _cells[row] = Blank();
        }

        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == '\e')
            {
                Match sequence = Sequence().Match(text, at);
                Assert.True(sequence.Success, $"unknown sequence: {text[at..Math.Min(at + 10, text.Length)].Replace("\e", "<ESC>", StringComparison.Ordinal)}");
                Obey(sequence.Value);
                at += sequence.Length - 1;
            }
            else
            {
                Write(text[at]);
            }
        }
    }

    internal bool IsCursorVisible { get; private set; } = true;

    internal int CursorRow => _row;

    /// <summary>Lines that scrolled out at the top.</summary>
    internal int Scrolled { get; private set; }

    /// <summary>Without trailing blanks and without empty lines at the end.</summary>
    internal IReadOnlyList<string> Lines
    {
        get
        {
            List<string> lines = [.. _cells.Select(static cells => new string(cells).TrimEnd())];
            while (lines.Count > 0 && lines[^1].Length == 0)
            {
                lines.RemoveAt(lines.Count - 1);
            }

            return lines;
        }
    }

    private char[] Blank()
    {
        char[] blank = new char[_columns];
        Array.Fill(blank, ' ');
        return blank;
    }

    private void Obey(string sequence)
    {
        switch (sequence)
        {
            case "\e[?25l":
                IsCursorVisible = false;
                break;
            case "\e[?25h":
                IsCursorVisible = true;
                break;
            case "\e[H":
                (_row, _column, _isFull) = (0, 0, false);
                break;
            case "\e[K":
                Array.Fill(_cells[_row], ' ', _column, _columns - _column);
                break;
            case "\e[J":
                Array.Fill(_cells[_row], ' ', _column, _columns - _column);
                for (int row = _row + 1; row < _cells.Length; row++)
                {
                    _cells[row] = Blank();
                }

                break;
        }
    }

    private void Write(char character)
    {
        switch (character)
        {
            case '\r':
                (_column, _isFull) = (0, false);
                break;
            case '\n':
                Feed();
                break;
            default:
                Assert.False(char.IsControl(character), $"control character {((int)character).ToString(CultureInfo.InvariantCulture)}");
                if (_isFull)
                {
                    _column = 0;
                    Feed();
                }

                _cells[_row][_column] = character;
                _isFull = _column == _columns - 1;
                _column += _isFull ? 0 : 1;
                break;
        }
    }

    private void Feed()
    {
        _isFull = false;
        if (_row < _cells.Length - 1)
        {
            _row++;
            return;
        }

        Array.Copy(_cells, 1, _cells, 0, _cells.Length - 1);
        _cells[^1] = Blank();
        Scrolled++;
    }

    [GeneratedRegex(@"\G\e\[(\?25[lh]|H|K|J|0m|33m|1;31m)")]
    private static partial Regex Sequence();
}
