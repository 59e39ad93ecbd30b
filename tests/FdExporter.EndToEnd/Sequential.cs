using Xunit.Sdk;
using Xunit.v3;

// Many of these tests compare counts of the whole machine, so they run one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
