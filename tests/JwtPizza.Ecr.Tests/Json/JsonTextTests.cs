namespace JwtPizza.Ecr.Tests.Json;

public sealed class JsonTextTests
{
    private static JsonText Read(string json) => JsonText.Parse(json, "The document");

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "$.a")]
    [InlineData("""{"Statement":[{},{"Condition":{"StringEquals":{"x":"1"},"StringEquals":{"y":"2"}}}]}""",
        "$.Statement[1].Condition.StringEquals")]
    [InlineData("""{"token:sub":1,"b":2,"token:sub":3}""", "$['token:sub']")]
    [InlineData("""{"a":1,"\u0061":2}""", "$.a")]
    public void A_key_that_stands_twice_is_refused_with_its_path(string json, string path)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Read(json));
        Assert.Equal("DuplicateJsonKey", e.ErrorId);
        Assert.Contains(path + " ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("// why\n{}")]
    public void What_is_no_JSON_is_refused(string json) =>
        Assert.Equal("InvalidJson", Assert.Throws<PizzaException>(() => Read(json)).ErrorId);

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Equal("InvalidJson", Assert.Throws<PizzaException>(() => Read($"\"{'\ud800'}\"")).ErrorId);

    [Theory]
    [InlineData("""{"a":["x"]}""", """{"a":["x","y"]}""")]
    [InlineData("""{"a": ["x"]}""", """{"a": ["x", "y"]}""")]
    [InlineData("""{"a":[ "x",  "z" ]}""", """{"a":[ "x",  "z",  "y" ]}""")]
    [InlineData("""{"a":"x","b":1}""", """{"a":["x","y"],"b":1}""")]
    [InlineData("""{ "a" : "x" }""", """{ "a" : ["x", "y"] }""")]
    [InlineData("""{"a":[]}""", """{"a":["y"]}""")]
    [InlineData("{\n  \"a\": []\n}", "{\n  \"a\": [\n    \"y\"\n  ]\n}")]
    [InlineData("{\r\n\t\"a\": \"x\"\r\n}", "{\r\n\t\"a\": [\r\n\t\t\"x\",\r\n\t\t\"y\"\r\n\t]\r\n}")]
    [InlineData("{\n    \"a\": [\n        \"x\"\n    ]\n}\n", "{\n    \"a\": [\n        \"x\",\n        \"y\"\n    ]\n}\n")]
    public void One_value_more_looks_like_its_neighbours(string before, string after)
    {
        JsonText document = Read(before);
        Assert.Equal(after, document.Append(document.Find("$.a")!, "y").Text);
    }

    [Fact]
    public void A_new_object_is_indented_like_the_others()
    {
        JsonText document = Read("{\n  \"S\": [\n    {\n      \"E\": 1\n    }\n  ]\n}");
        string after = document.Append(document.Find("$.S")!,
            new System.Text.Json.Nodes.JsonObject { ["E"] = 2, ["F"] = new System.Text.Json.Nodes.JsonArray("x") }).Text;
        Assert.Equal(
            "{\n  \"S\": [\n    {\n      \"E\": 1\n    },\n    {\n      \"E\": 2,\n      \"F\": [\n        \"x\"\n      ]\n    }\n  ]\n}",
            after);
    }

    [Fact]
    public void A_new_object_in_a_compact_document_is_compact()
    {
        JsonText document = Read("""{"S":[]}""");
        Assert.Equal("""{"S":[{"E":[1,{"F":"G"}]}]}""",
            document.Append(document.Find("$.S")!, System.Text.Json.Nodes.JsonNode.Parse("""{ "E": [ 1, { "F": "G" } ] }""")!).Text);
    }

    [Theory]
    [InlineData("""{"a":1, "b":2, "c":3}""", "$.a", """{"b":2, "c":3}""")]
    [InlineData("""{"a":1, "b":2, "c":3}""", "$.b", """{"a":1, "c":3}""")]
    [InlineData("""{"a":1, "b":2, "c":3}""", "$.c", """{"a":1, "b":2}""")]
    [InlineData("""{"a":[ 1 ]}""", "$.a[0]", """{"a":[]}""")]
    public void What_is_removed_takes_its_comma_along(string before, string path, string after)
    {
        JsonText document = Read(before);
        Assert.Equal(after, document.Remove(document.Find(path)!).Text);
    }

    [Fact]
    public void A_renamed_key_keeps_its_value_and_its_place()
    {
        JsonText document = Read("""{"a":1, "\"b" : [1,  2], "c":3}""");
        Assert.Equal("""{"a":1, "d" : [1,  2], "c":3}""", document.Rename(document.Root.Children[1], "d").Text);
    }

    [Fact]
    public void Characters_are_counted_as_characters()
    {
        JsonText document = Read("""{"ü😀":"é😀","a":["ß"]}""");
        Assert.Equal("""{"ü😀":"é😀","a":["ß","y"]}""", document.Append(document.Find("$.a")!, "y").Text);
    }

    [Fact]
    public void Compact_leaves_white_space_inside_strings() =>
        Assert.Equal("""{"a b":"c \" \\","d":[1,2]}""", Read("{ \"a b\" : \"c \\\" \\\\\",\r\n\t\"d\":[ 1, 2 ] }\n").Compact().Text);
}
