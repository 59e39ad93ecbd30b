using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FdExporter.Benchmarks;
using FdExporter.Benchmarks.Fleet;
using FdExporter.Benchmarks.Quiet;
using FdExporter.Benchmarks.Soak;

if (args is ["soak", .. string[] soakArguments])
{
    return await SoakCommand.RunAsync(soakArguments).ConfigureAwait(false);
}

if (args is ["fleet", .. string[] fleetArguments])
{
    return await FleetCommand.RunAsync(fleetArguments);
}

if (args is ["quiet", .. string[] quietArguments])
{
    return await QuietCommand.RunAsync(quietArguments);
}

if (args is ["side-by-side", .. string[] rest])
{
    return await FdExporter.Benchmarks.SideBySide.Command.RunAsync(rest);
}

// Run in this process: the usual toolchain would generate, restore and build a project for each run.
ManualConfig config = ManualConfig.CreateEmpty()
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(15))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddExporter(MarkdownExporter.GitHub)
    .AddLogger(ConsoleLogger.Default);

BenchmarkSwitcher.FromAssembly(typeof(ParsingBenchmarks).Assembly).Run(args, config);
return 0;
