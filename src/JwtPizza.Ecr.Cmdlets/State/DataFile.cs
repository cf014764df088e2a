using System.Management.Automation.Language;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Cmdlets.State;

/// <summary>Reads a PowerShell data file. Nothing in it is run, and its keys keep their order, which Import-PowerShellDataFile
/// loses.</summary>
internal static class DataFile
{
    /// <summary>The values of a data file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="PizzaException"><c>InvalidStateFile</c>: names the line.</exception>
    public static JsonNode? Read(string text, string path)
    {
        ScriptBlockAst script = Parser.ParseInput(text, path, out _, out ParseError[] errors);
        if (errors.Length > 0) throw Wrong(path, errors[0].Extent, errors[0].Message);
        return script.EndBlock is { Statements: [var only] } && script.ParamBlock is null
            ? Value(only, path)
            : throw Wrong(path, script.Extent, "A data file holds one hashtable, @{ ... }, and nothing else");
    }

    private static JsonNode? Value(Ast part, string path) => part switch
    {
        PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } only] } => Value(only.Expression, path),
        ParenExpressionAst inner => Value(inner.Pipeline, path),
        HashtableAst table => Table(table, path),
        ArrayLiteralAst list => new JsonArray([.. list.Elements.Select(e => Value(e, path))]),
        ArrayExpressionAst list => new JsonArray([.. list.SubExpression.Statements.SelectMany(s => Items(Value(s, path)))]),
        ExpressionAst leaf => Leaf(leaf, path),
        _ => throw Wrong(path, part.Extent, $"'{part.Extent.Text}' is not a constant"),
    };

    private static JsonObject Table(HashtableAst table, string path)
    {
        JsonObject read = [];
        foreach ((ExpressionAst key, StatementAst value) in table.KeyValuePairs)
            read[$"{Constant(key, path)}"] = Value(value, path);   // PowerShell refuses a key that is there twice
        return read;
    }

    private static JsonNode?[] Items(JsonNode? value)
    {
        if (value is not JsonArray list) return [value];
        JsonNode?[] items = [.. list];
        list.Clear();   // a node has one parent
        return items;
    }

    private static JsonNode? Leaf(ExpressionAst leaf, string path) => Constant(leaf, path) switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        var other => $"{other}",
    };

    private static object? Constant(ExpressionAst expression, string path)
    {
        try { return expression.SafeGetValue(); }
        catch (InvalidOperationException)
        {
            throw Wrong(path, expression.Extent, $"'{expression.Extent.Text}' is not a constant, and nothing in a data file is run");
        }
    }

    private static PizzaException Wrong(string path, IScriptExtent extent, string problem) =>
        StateErrors.Invalid(path, [$"Line {extent.StartLineNumber}: {problem.TrimEnd('.')}."]);
}
