namespace JwtPizza.Ecr.Tests.Json;

public sealed class JsonDifferenceTests
{
    [Fact]
    public void The_lines_that_differ_are_marked_and_three_lines_around_them_are_shown() => Assert.Equal("""
          ...
              3,
              4,
              5,
        +     6,
              7
            ],
            "b": {}
          ...
        """.ReplaceLineEndings("\n"), JsonDifference.Between("""{"a":[1,2,3,4,5,7],"b":{}}""", """{"a":[1,2,3,4,5,6,7],"b":{}}""") + "\n  ...");

    [Fact]
    public void Another_layout_is_no_difference() => Assert.Equal("", JsonDifference.Between("""{"a":1}""", "{\n\"a\" : 1 }"));

    [Fact]
    public void A_new_document_is_all_plus() => Assert.Equal("+ {\n+   \"a\": 1\n+ }", JsonDifference.Between(null, """{"a":1}"""));
}
