using System.Text;

namespace JwtPizza.Ecr;

/// <summary>
/// Literal replacement in the bytes of a text file, in one pass from its begin to its end: a value is never replaced again, and of several
/// texts that begin at one place the longest counts. Everything else stays byte for byte: encoding, byte order mark, line endings.
/// </summary>
/// <param name="file">The name of the file, for errors.</param>
/// <param name="replacements">What to replace.</param>
public sealed class TextReplacer(string file, IReadOnlyList<Replacement> replacements)
{
    /// <summary>The content with all replacements made, and how often each text was there.</summary>
    /// <exception cref="PizzaException"><c>PlaceholderNotFound</c>, <c>BinaryFile</c>, <c>EncodingUnknown</c>, <c>InvalidReplacement</c>:
    /// name the file and the text, never the value.</exception>
    /// <param name="content">The bytes of the file.</param>
    public (byte[] Content, IReadOnlyList<DistReplacement> Replaced) Apply(byte[] content)
    {
        Encoding encoding = EncodingOf(content);
        Sought[] sought = [.. replacements.Select(r => Encode(r, encoding)).OrderByDescending(s => s.Text.Length)];
        try
        {
            byte[] result = Replace(content, sought, UnitOf(encoding));
            if (sought.FirstOrDefault(s => s.Count == 0) is { } missing) throw NotFound(missing.Of.Text);
            return (result, [.. replacements.Select(r => new DistReplacement(file, r.Text, sought.First(s => s.Of == r).Count))]);
        }
        finally { foreach (Sought s in sought) Array.Clear(s.Value); }
    }

    private static byte[] Replace(byte[] content, Sought[] sought, int unit)
    {
        using MemoryStream result = new(content.Length);
        int copied = 0;
        for (int at = 0; at < content.Length;)
        {
            ReadOnlySpan<byte> rest = content.AsSpan(at);
            if (First(sought, rest) is not { } found) { at += unit; continue; }
            result.Write(content.AsSpan(copied, at - copied));
            result.Write(found.Value);
            found.Count++;
            copied = at += found.Text.Length;
        }
        result.Write(content.AsSpan(copied));
        byte[] whole = result.ToArray();
        Array.Clear(result.GetBuffer());
        return whole;
    }

    private static Sought? First(Sought[] sought, ReadOnlySpan<byte> rest)
    {
        foreach (Sought one in sought) if (rest.StartsWith(one.Text)) return one;
        return null;
    }

    private Encoding EncodingOf(byte[] content)
    {
        Encoding encoding = content switch
        {
            [0xFF, 0xFE, 0, 0, ..] => new UTF32Encoding(false, false),
            [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(true, false),
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => System.Text.Unicode.Utf8.IsValid(content) ? Encoding.UTF8 : Encoding.Latin1,
        };
        if (UnitOf(encoding) == 1 && content.AsSpan().Contains((byte)0)) throw new PizzaException("BinaryFile", PizzaErrorKind.InvalidData,
            $"'{file}' is a binary file, in which '{replacements[0].Text}' and other texts cannot be replaced without breaking it. " +
            "Name a text file in -Replace, or leave the file out of it.", file);
        return encoding;
    }

    // Neither UTF-8 nor UTF-16 with its mark: some 8-bit code page. What is in ASCII is the same in all of them.
    private Sought Encode(Replacement replacement, Encoding encoding)
    {
        if (replacement.Text.Length == 0)
            throw WorkflowErrors.InvalidReplacement(file, $"An empty text cannot be replaced in '{file}'. Name the text to look for.");
        if (encoding == Encoding.Latin1 && !(Ascii.IsValid(replacement.Text) && Ascii.IsValid(replacement.Value.Value)))
            throw new PizzaException("EncodingUnknown", PizzaErrorKind.InvalidData,
            $"'{file}' is not in UTF-8 and has no byte order mark, so its encoding is not known. '{replacement.Text}' " +
            "or its replacement is not all ASCII. Save the file as UTF-8.", file);
        byte[] value = new byte[encoding.GetByteCount(replacement.Value.Value)];
        encoding.GetBytes(replacement.Value.Value, value);
        return new(replacement, encoding.GetBytes(replacement.Text), value);
    }

    private PizzaException NotFound(string text) => new("PlaceholderNotFound", PizzaErrorKind.InvalidData,
        $"The text '{text}' is not in '{file}', or only within a longer text that is replaced too. Nothing was written. " +
        "Check the text (case counts), or take it out of -Replace.", file);

    private static int UnitOf(Encoding encoding) => encoding switch { UTF32Encoding => 4, UnicodeEncoding => 2, _ => 1 };

    private sealed class Sought(Replacement of, byte[] text, byte[] value)
    {
        public Replacement Of => of;
        public byte[] Text => text;
        public byte[] Value => value;
        public int Count { get; set; }
    }
}
