namespace FdExporter.Benchmarks.Fleet;

/// <summary>How a number moves from scrape to scrape.</summary>
internal enum Movement
{
    /// <summary>No number: a line of comment.</summary>
    Comment,

    /// <summary>It stays: a limit, a time of start, an information.</summary>
    None,

    /// <summary>A whole number, up and down; 0 stays 0.</summary>
    Level,

    /// <summary>A share of a limit, up and down.</summary>
    Share,

    /// <summary>Another one each time: a duration.</summary>
    Noise,

    /// <summary>One more.</summary>
    Count,

    /// <summary>Some milliseconds more.</summary>
    Cpu,

    /// <summary>As many seconds more as have passed.</summary>
    Age,
}
