
FdExporter.Linux.Native.StandardStreams.OpenClosed();
return await FdExporter.Cli.CommandLine.RunAsync(args).ConfigureAwait(false);
