namespace FdExporter.Diagnosis;

/// <summary>What the last day of a number looks like.</summary>
internal enum ClimbState
{
    /// <summary>Too short to look like anything.</summary>
    TooEarly,

    /// <summary>It stands, falls, or has made a step to a new level.</summary>
    Flat,

    /// <summary>It rises and falls back again and again, and what is left after the falls does not grow.</summary>
    Teeth,

    /// <summary>It rises ever more slowly: a cache, a pool, a start.</summary>
    Flattening,

    /// <summary>It rises in each part of the time, or what is left after each fall does.</summary>
    Climbing,
}
