using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Tests.Cmdlets;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Views;

/// <summary>Text from outside, as it is printed.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain text, 'quoted': a::b", "plain text, 'quoted': a::b")]
    [InlineData("two\nlines\tand\r\nmore", "two\nlines\tand\r\nmore")]
    [InlineData("\u001b[31mred\u001b[0m", "\uFFFD[31mred\uFFFD[0m")]
    [InlineData("over\rwritten", "over\uFFFDwritten")]
    [InlineData("\u0085\u2028\u2029", "\uFFFD\uFFFD\uFFFD")]
    [InlineData("\u202Egnp.exe", "\uFFFDgnp.exe")]
    [InlineData("\u2066a\u2069\u200Fb\u061C", "\uFFFDa\uFFFD\uFFFDb\uFFFD")]
    [InlineData("::set-output name=a::b", ": :set-output name=a::b")]
    [InlineData("no\n  ::error::x", "no\n  : :error::x")]
    [InlineData("no\r\n##[add-mask]x", "no\r\n# #[add-mask]x")]
    [InlineData("Prüfung 日本語 👩\u200D🚀", "Prüfung 日本語 👩\u200D🚀")]
    public void Text_is_shown_without_what_acts_on_the_terminal(string text, string shown) => Assert.Equal(shown, Printable.Of(text));

    [Fact]
    public void Whatever_the_text_no_line_of_it_is_a_command_and_nothing_in_it_is_hidden() =>
        Prop.ForAll(
            Gen.Elements("::", ":", "#", "##[", "\n", "\r", "\r\n", " ", "\t", "x", "\u001b", "\u202e", "\u0085", "\u200b", "{").ListOf()
                .Select(string.Concat).ToArbitrary(), text =>
        {
            string shown = Printable.Of(text);
            return Printable.Of(shown) == shown
                && shown.Split('\n')
                    .All(l => !l.TrimStart().StartsWith("::", StringComparison.Ordinal)
                        && !l.TrimStart().StartsWith("##[", StringComparison.Ordinal))
                && !shown.Any(c => (char.IsControl(c) && c is not ('\t' or '\n' or '\r')) || c is '\u202e' or '\u200b');
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_document_keeps_its_content()
    {
        string shown = Printable.OfJson("{\"a\": \"x\u202Ey\"}");
        Assert.Equal("{\"a\": \"x\\u202ey\"}", shown);
        Assert.Equal("x\u202Ey", JsonDocument.Parse(shown).RootElement.GetProperty("a").GetString());
    }

    [Fact]
    public void Every_text_of_a_record_and_of_the_records_in_it_is_shown_so()
    {
        Repository record = new()
        {
            RepositoryName = "a\u001b[2J", RegistryId = "1", Region = "r", RepositoryUri = "u", RepositoryArn = "a",
            MutabilityExclusion = ["::x"],
            PolicyText = "{\"a\":\"\u202E\"}", Catalog = new() { Description = "\u202Ed", OperatingSystem = ["\u001bL"] },
        };
        PrintableRecord.Clean(record);
        Assert.Equal("a\uFFFD[2J", record.RepositoryName);
        Assert.Equal([": :x"], record.MutabilityExclusion);
        Assert.Equal("{\"a\":\"\\u202e\"}", record.PolicyText);
        Assert.Equal("\uFFFDd", record.Catalog!.Description);
        Assert.Equal(["\uFFFDL"], record.Catalog.OperatingSystem!);
    }

    [Fact]
    public async Task What_AWS_says_reaches_errors_warnings_verbose_lines_and_records_printable()
    {
        const string Evil = "\\u001b[2J\\n::add-mask::x\\u202e";
        await using ScriptedServer server = new((request, _) => request.Operation == "DescribeRepositories"
            ? Answer.Json(
                $$"""{"repositories":[{"repositoryArn":"arn:aws:ecr:us-east-1:123456789012:repository/a","registryId":"123456789012","repositoryName":"aa","repositoryUri":"x/{{Evil}}"}]}""")
            : new(400, $$"""{"__type":"InvalidParameterException","message":"No{{Evil}}"}"""));
        using Shell shell = new();
        Finished finished =
            shell.Run(
                "Get-PizzaRepository aa -EndpointUrl $a -AccessKey a -SecretKey b -Region us-east-1; " +
                "Remove-PizzaRepository aa -Force -EndpointUrl $a -AccessKey a -SecretKey b -Region us-east-1 -Verbose", server.Url);
        Assert.True(finished.Output.Count > 0, string.Join('\n', finished.Errors.Append(finished.Thrown)));
        Repository repository = Assert.IsType<Repository>(finished.Output[0]);
        string[] said =
            [repository.RepositoryUri, .. finished.Errors.Select(e => e.Exception.Message), .. finished.Verbose, .. finished.Warnings];
        Assert.NotEmpty(finished.Errors);
        Assert.All(said, text => Assert.Equal(Printable.Of(text), text));
        Assert.Contains(said, text => text.Contains(": :add-mask", StringComparison.Ordinal));
    }
}
