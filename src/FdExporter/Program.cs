return await FdExporter.Cli.CommandLine.RunAsync(args).ConfigureAwait(false);
