using Xunit.Sdk;
using Xunit.v3;

// Many of these tests hold counts of the whole machine against each other: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
