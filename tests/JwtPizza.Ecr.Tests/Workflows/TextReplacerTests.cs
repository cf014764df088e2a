using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Workflows;

public sealed class TextReplacerTests
{
    [Fact]
    public void The_texts_of_the_course_give_way_and_nothing_else_changes()
    {
        string before = "host: '127.0.0.1',\r\nuser: 'root',\n\tpassword: 'tempdbpassword'";
        (string after, int[] counts) = Replace(before, ("root", "admin"), ("tempdbpassword", "p$&\\1"), ("127.0.0.1", "db"));
        Assert.Equal("host: 'db',\r\nuser: 'admin',\n\tpassword: 'p$&\\1'", after);
        Assert.Equal([1, 1, 1], counts);
    }

    [Fact]
    public void A_value_is_not_replaced_again() => Assert.Equal("b a b", Replace("a b a", ("a", "b"), ("b", "a")).Text);

    [Fact]
    public void Of_texts_that_begin_at_one_place_the_longest_counts() =>
        Assert.Equal("2 1", Replace("rooted root", ("root", "1"), ("rooted", "2")).Text);

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("iso-8859-1", false)]
    public void The_encoding_and_its_mark_stay(string name, bool mark)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        byte[] before = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("schön ab, rest: Āx")];
        byte[] expected = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("schön value, rest: Āx")];
        Assert.Equal(expected, new TextReplacer("f", [new("ab", new("value".ToCharArray()))]).Apply(before).Content);
    }

    [Fact]
    public void In_UTF16_only_whole_characters_match() =>   // U+6100 U+6200 holds the bytes of "ab" one byte further on
        Assert.Equal("PlaceholderNotFound", Error([0xFF, 0xFE, 0x00, 0x61, 0x00, 0x62, 0x00, 0x63], "ab"));

    [Fact]
    public void A_text_that_is_not_there_is_an_error_that_names_file_and_text_but_no_value()
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Replace("Root", ("root", "s3cret")));
        Assert.Equal("PlaceholderNotFound", e.ErrorId);
        Assert.Contains("'root' is not in 'src/config.js'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_file_is_refused() => Assert.Equal("BinaryFile", Error([0x7F, (byte)'E', 0, (byte)'a', (byte)'b'], "ab"));

    [Fact]
    public void What_is_not_ASCII_is_not_guessed_in_an_unknown_code_page() =>
        Assert.Equal("EncodingUnknown", Error([0xE9, (byte)'a'], "é"));

    [Fact]
    public void An_empty_text_is_refused() => Assert.Equal("InvalidReplacement", Error([(byte)'a'], ""));

    [Fact]
    public void A_hidden_text_is_three_stars_for_all_but_its_user()
    {
        using HiddenText hidden = new("s3cret".ToCharArray());
        Assert.Equal("*** ***", $"{hidden} {new Replacement("a", hidden).Value}");
        Assert.DoesNotContain("s3cret", new Replacement("a", hidden).ToString(), StringComparison.Ordinal);
        hidden.Dispose();
        Assert.Equal(new string('\0', 6), hidden.Value.ToString());
    }

    [Fact]
    public void For_one_text_it_does_what_string_Replace_does() => Prop.ForAll(
        Gen.Elements('a', 'b', 'é', '\n').NonEmptyListOf().Select(l => string.Concat(l))
            .Zip(Gen.Elements("a", "ab", "aa", "é", "b\n").Zip(Gen.Elements("", "a", "aab", "ü"))).ToArbitrary(), t =>
        {
            (string text, (string old, string value)) = t;
            return !text.Contains(old, StringComparison.Ordinal)
                || Replace(text, (old, value)).Text == text.Replace(old, value, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    private static (string Text, int[] Counts) Replace(string text, params (string Old, string Value)[] pairs)
    {
        (byte[] content,
            IReadOnlyList<DistReplacement> replaced) =
            new TextReplacer("src/config.js", [.. pairs.Select(p => new Replacement(p.Old, new(p.Value.ToCharArray())))])
                .Apply(Encoding.UTF8.GetBytes(text));
        return (Encoding.UTF8.GetString(content), [.. replaced.Select(r => r.Times)]);
    }

    private static string Error(byte[] content, string text) =>
        Assert.Throws<PizzaException>(() => new TextReplacer("f", [new(text, new(['x']))]).Apply(content)).ErrorId;
}
