using System.Text;
using FdExporter.Fuzz.Targets;
using SharpFuzz;

// Called by the script fuzz: list | seeds TARGET FOLDER | words TARGET FILE | run TARGET | check TARGET FILE...
switch (args)
{
    case ["list"]:
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            Console.WriteLine(target.Name);
        }

        return 0;

    case ["seeds", string name, string folder]:
        Directory.CreateDirectory(folder);
        foreach ((int index, byte[] seed) in Find(name).Seeds.Index())
        {
            File.WriteAllBytes(Path.Combine(folder, $"seed-{index:000}"), seed);
        }

        return 0;

    case ["words", string name, string file]:
        File.WriteAllLines(file, Find(name).Words.Select(static word =>
            $"\"{string.Concat(Encoding.UTF8.GetBytes(word).Select(static b => b is >= (byte)' ' and <= (byte)'~' and not ((byte)'"' or (byte)'\\') ? $"{(char)b}" : $"\\x{b:X2}"))}\""));
        return 0;

    case ["run", string name]:
        // Instrumented code counts in memory that exists only inside of Run: no target may be created before.
        FuzzTarget? running = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            running ??= Find(name);
            using MemoryStream input = new();
            stream.CopyTo(input);
            _ = running.Check(input.GetBuffer().AsSpan(0, (int)Math.Min(input.Length, running.MaxLength)));
        });
        return 0;

    case ["check", string name, .. string[] files]:
        FuzzTarget checking = Find(name);
        int failed = 0;
        foreach (string file in files)
        {
            try
            {
                Console.WriteLine($"{file}: {(checking.Check(File.ReadAllBytes(file)) ? "taken" : "refused")}");
            }
            catch (Exception exception)
            {
                failed++;
                Console.WriteLine($"{file}: {exception}");
            }
        }

        return failed == 0 ? 0 : 1;

    default:
        Console.Error.WriteLine("usage: list | seeds TARGET FOLDER | words TARGET FILE | run TARGET | check TARGET FILE...");
        return 2;
}

static FuzzTarget Find(string name) => FuzzTargets.Find(name) ?? throw new ArgumentException($"no target {name}");
