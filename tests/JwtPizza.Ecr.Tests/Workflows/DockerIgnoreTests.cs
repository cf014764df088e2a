namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>The tables are those by which docker tests itself:
/// https://github.com/moby/patternmatcher/blob/main/patternmatcher_test.go</summary>
public sealed class DockerIgnoreTests
{
    [Theory]
    [InlineData("**", "file", true)]
    [InlineData("**/", "file", true)]
    [InlineData("**", "dir/file", true)]
    [InlineData("**/**", "dir/file", true)]
    [InlineData("dir/**", "dir/file", true)]
    [InlineData("dir/**", "dir/dir2/file", true)]
    [InlineData("**/dir", "dir", true)]
    [InlineData("**/dir", "dir/file", true)]
    [InlineData("**/dir2/*", "dir/dir2/file", true)]
    [InlineData("**/dir2/**", "dir/dir2/dir3/file", true)]
    [InlineData("**file", "file", true)]
    [InlineData("**file", "dir/dir/file", true)]
    [InlineData("**/file*", "dir/dir/file.txt", true)]
    [InlineData("**/file*.txt*", "dir/dir/file.txt", true)]
    [InlineData("**/**/*.txt", "dir/dir/file.txt", true)]
    [InlineData("**/**/*.txt2", "dir/dir/file.txt", false)]
    [InlineData("**/*.txt", "file.txt", true)]
    [InlineData("a**/*.txt", "a/file.txt", true)]
    [InlineData("a**/*.txt", "a/dir/dir/file.txt", true)]
    [InlineData("a/*.txt", "a/dir/file.txt", false)]
    [InlineData("a/*.txt**", "a/file.txt", true)]
    [InlineData("a[b-d]e", "ae", false)]
    [InlineData("a[b-d]e", "ace", true)]
    [InlineData("a[^b-d]e", "aze", true)]
    [InlineData(".*", ".foo", true)]
    [InlineData(".*", "foo", false)]
    [InlineData("abc.def", "abcZdef", false)]
    [InlineData("abc?def", "abcZdef", true)]
    [InlineData(@"a\\", @"a\", true)]
    [InlineData("**/foo/bar", "foo/bar", true)]
    [InlineData("**/foo/bar", "dir/dir2/foo/bar", true)]
    [InlineData("abc/**", "abc", false)]
    [InlineData("abc/**", "abc/def/ghi", true)]
    [InlineData("**/.foo", ".foo", true)]
    [InlineData("**/.foo", "bar.foo", false)]
    [InlineData("a(b)c/def", "a(b)c/def", true)]
    [InlineData("a(b)c/def", "a(b)c/xyz", false)]
    [InlineData("a.|)$(}+{bc", "a.|)$(}+{bc", true)]
    [InlineData("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true)]
    [InlineData("*", "abc", true)]
    [InlineData("a*", "ab/c", true)]
    [InlineData("a*/b", "a/c/b", false)]
    [InlineData("a*b*c*d*e*/f", "axbxcxdxexxx/f", true)]
    [InlineData("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false)]
    [InlineData("a*b?c*x", "abxbbxdbxebxczzy", false)]
    [InlineData(@"a\*b", "a*b", true)]
    [InlineData(@"a\*b", "ab", false)]
    [InlineData("a?b", "a☺b", true)]
    [InlineData("a?b", "a🍕b", true)]
    [InlineData("a[^a]b", "a☺b", true)]
    [InlineData("a???b", "a☺b", false)]
    [InlineData("[a-ζ]*", "α", true)]
    [InlineData("*[a-ζ]", "A", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData(@"[\]a]", "]", true)]
    [InlineData(@"[\-x]", "-", true)]
    [InlineData(@"[\-x]", "a", false)]
    [InlineData("*x", "xxx", true)]
    [InlineData("Makefile", "makefile", false)]
    [InlineData("/abs", "abs", true)]
    [InlineData("./a/../b/", "b/c", true)]
    [InlineData("..", "a", false)]
    public void A_pattern_matches_as_in_docker(string pattern, string path, bool excluded) =>
        Assert.Equal(excluded, DockerIgnore.Parse(pattern).RuleFor(path) is not null);

    [Theory]
    [InlineData("docs/README.md", false, "docs", "!docs/README.md")]
    [InlineData("docs/README.md", false, "docs/", "!docs/README.md")]
    [InlineData("docs/README.md", false, "docs/*", "!docs/README.md")]
    [InlineData("docs/other.md", true, "docs", "!docs/README.md")]
    [InlineData("file.go", true, "!file.go", "*.go")]
    [InlineData("file.go", false, "*.go", "!file.go")]
    [InlineData("util/docker/web/foo", false, "**", "!util/docker/web")]
    [InlineData("util/docker/web/foo", true, "**", "!util/docker/web", "util/docker/web/foo")]
    [InlineData("dist/a.whl", false, "**", "!dist/*.whl")]
    [InlineData("a/b", true, "a/b", "!a")]   // BuildKit looks at a '!' for a folder only when the folder was left out
    [InlineData("# not a comment", true, " # not a comment")]
    [InlineData("x", false, "# x", "", "   ")]
    public void The_last_line_that_matches_decides(string path, bool excluded, params string[] lines) =>
        Assert.Equal(excluded, DockerIgnore.Parse(string.Join('\n', lines)).RuleFor(path) is not null);

    [Theory]
    [InlineData("!")]
    [InlineData("! ")]
    [InlineData("[]a]")]
    [InlineData("[-]")]
    [InlineData("[x-]")]
    [InlineData("[-x]")]
    [InlineData("[a-b-c]")]
    [InlineData("[")]
    [InlineData("[^bc")]
    [InlineData("a[")]
    [InlineData("\\")]
    [InlineData("[Local-Only]/")]
    public void A_line_that_docker_refuses_is_an_error_with_its_number(string line)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => DockerIgnore.Parse($"node_modules\r\n{line}"));
        Assert.Equal("InvalidDockerIgnore", e.ErrorId);
        Assert.StartsWith($"Line 2 of the .dockerignore, '{line.Trim()}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_at_work_can_be_named() =>
        Assert.Equal("line 3: **/*.log", DockerIgnore.Parse("\uFEFFnode_modules\r\n\r\n**/*.log\r\n").RuleFor("a/b.log"));

    [Fact]
    public void On_Windows_a_backslash_separates_folders() =>
        Assert.NotNull(DockerIgnore.Parse(@"a\b", backslashes: true).RuleFor("a/b/c"));
}
