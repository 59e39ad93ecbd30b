using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FdExporter.Configuration;

/// <summary>
/// Walks one YAML document along the expected structure and rejects everything else with its line. It works on events: no
/// reflection, and nesting costs neither recursion nor memory, because the first unexpected node ends the walk. Tags,
/// anchors, aliases and further documents are rejected.
/// </summary>
internal sealed class StrictYaml
{
    private readonly string _file;
    private readonly Parser _parser;

    private StrictYaml(string file, string text)
    {
        _file = file;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Keys that the document sets: those of texts, and of empty mappings and lists.</summary>
    internal HashSet<string> Said { get; } = new(StringComparer.Ordinal);

    private ParsingEvent Next => _parser.Current!;

    /// <param name="root">Reads the root node; not called if the document is empty or null.</param>
    /// <exception cref="ConfigException">The text is not YAML, or <paramref name="root"/> found something unexpected.</exception>
    internal static void Read(string file, string text, Action<StrictYaml> root)
    {
        StrictYaml yaml = new(file, text);
        yaml.MoveNext();
        yaml.Take<StreamStart>();
        if (yaml.Next is StreamEnd)
        {
            return;
        }

        yaml.Take<DocumentStart>();
        if (!yaml.TryTakeNull())
        {
            root(yaml);
        }

        yaml.Take<DocumentEnd>();
        if (yaml.Next is not StreamEnd)
        {
            throw yaml.Error(yaml.Next.Start.Line, "yaml", "only one document is allowed");
        }
    }

    internal ConfigException Error(long line, string key, string reason) => new(_file, line, key, reason);

    /// <summary>Takes a null: nothing, <c>~</c> or <c>null</c> without quotes.</summary>
    internal bool TryTakeNull()
    {
        bool isNull = Next is Scalar { Style: ScalarStyle.Plain, Tag.IsEmpty: true, Value: "" or "~" or "null" or "Null" or "NULL" } scalar
            && scalar.Anchor.IsEmpty;
        if (isNull)
        {
            MoveNext();
        }

        return isNull;
    }

    /// <param name="member">Reads the value of a key; receives the key's name and line.</param>
    /// <returns>The line on which it starts.</returns>
    internal long TakeMapping(string key, Action<string, long> member)
    {
        string shown = key.Length == 0 ? "document" : key;
        long line = TakeNode<MappingStart>(shown, "a mapping").Start.Line;
        RecordIf(Next is MappingEnd, key);
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (Next is not MappingEnd)
        {
            (string name, long at) = TakeScalar(shown);
            if (!seen.Add(name))
            {
                throw Error(at, Join(key, name), "duplicate key");
            }

            member(name, at);
        }

        MoveNext();
        return line;
    }

    /// <param name="item">Reads one item; receives its key, such as <c>process_names[2]</c>.</param>
    internal void TakeSequence(string key, Action<string> item)
    {
        TakeNode<SequenceStart>(key, "a list");
        RecordIf(Next is SequenceEnd, key);
        for (int i = 0; Next is not SequenceEnd; i++)
        {
            item($"{key}[{i}]");
        }

        MoveNext();
    }

    /// <summary>A scalar as written: numbers and booleans count as text, null does not.</summary>
    internal (string Text, long Line) TakeText(string key)
    {
        (string Text, long Line) taken = TakeScalar(key);
        RecordIf(true, key);
        return taken;
    }

    private (string Text, long Line) TakeScalar(string key)
    {
        long line = Next.Start.Line;
        if (TryTakeNull())
        {
            throw Error(line, key, "must be text, not null");
        }

        return (TakeNode<Scalar>(key, "text").Value, line);
    }

    /// <summary>A boolean in any spelling of YAML 1.1, as Go's reader accepts.</summary>
    internal bool TakeBoolean(string key)
    {
        (string text, long line) = TakeText(key);
        return text switch
        {
            "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => true,
            "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => false,
            _ => throw Error(line, key, $"must be true or false, not '{text}'"),
        };
    }

    internal static string Join(string key, string name) => key.Length == 0 ? name : $"{key}.{name}";

    private void RecordIf(bool isSet, string key)
    {
        if (isSet)
        {
            Said.Add(key);
        }
    }

    private T TakeNode<T>(string key, string expected)
        where T : NodeEvent
    {
        ParsingEvent node = Next;
        if (node is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw Error(node.Start.Line, key, "anchors and aliases are not supported");
        }

        if (node is not T taken)
        {
            string found = node is MappingStart ? "a mapping" : node is SequenceStart ? "a list" : "text";
            throw Error(node.Start.Line, key, $"must be {expected}, not {found}");
        }

        // "?" and "!" are the tags of untagged nodes.
        if (!taken.Tag.IsEmpty && !taken.Tag.IsNonSpecific)
        {
            throw Error(node.Start.Line, key, "tags are not supported");
        }

        MoveNext();
        return taken;
    }

    private void Take<T>()
        where T : ParsingEvent
    {
        _ = (T)Next;
        MoveNext();
    }

    private void MoveNext()
    {
        long line = _parser.Current?.End.Line ?? 1;
        try
        {
            _parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw new ConfigException(_file, e.Start.Line, "yaml", e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1.0 throws this without a position for text after the document, and for a tag that is not a URI.
            throw new ConfigException(_file, line, "yaml", $"invalid YAML after this line: {e.Message}");
        }
    }
}
