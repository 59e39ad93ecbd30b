namespace FdExporter.Benchmarks.Fleet;

/// <summary>How a number changes from scrape to scrape.</summary>
internal enum Movement
{
    /// <summary>A comment line without a number.</summary>
    Comment,

    /// <summary>Constant: a limit, a start time, an info metric.</summary>
    None,

    /// <summary>An integer that goes up and down; 0 stays 0.</summary>
    Level,

    /// <summary>A fraction of a limit that goes up and down.</summary>
    Share,

    /// <summary>A different value each time: a duration.</summary>
    Noise,

    /// <summary>Increases by one.</summary>
    Count,

    /// <summary>Increases by some milliseconds.</summary>
    Cpu,

    /// <summary>Increases by the seconds that have passed.</summary>
    Age,
}
