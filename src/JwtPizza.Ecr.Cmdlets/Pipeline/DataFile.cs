using System.Management.Automation.Language;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>Reads a PowerShell data file. Nothing in it is run, and its keys keep their order, which Import-PowerShellDataFile
/// loses.</summary>
internal static class DataFile
{
    /// <summary>The values of a data file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="wrong">The error for a problem, which names the line.</param>
    public static JsonNode? Read(string text, Func<string, PizzaException> wrong)
    {
        ScriptBlockAst script = Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors.Length > 0) throw At(errors[0].Extent, errors[0].Message, wrong);
        return script.EndBlock is { Statements: [var only] } && script.ParamBlock is null
            ? Value(only, wrong)
            : throw At(script.Extent, "A data file holds one hashtable, @{ ... }, and nothing else", wrong);
    }

    private static JsonNode? Value(Ast part, Func<string, PizzaException> wrong) => part switch
    {
        PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } only] } => Value(only.Expression, wrong),
        ParenExpressionAst inner => Value(inner.Pipeline, wrong),
        HashtableAst table => Table(table, wrong),
        ArrayLiteralAst list => new JsonArray([.. list.Elements.Select(e => Value(e, wrong))]),
        ArrayExpressionAst list => new JsonArray([.. list.SubExpression.Statements.SelectMany(s => Items(Value(s, wrong)))]),
        ExpressionAst leaf => Leaf(leaf, wrong),
        _ => throw At(part.Extent, $"'{part.Extent.Text}' is not a constant", wrong),
    };

    private static JsonObject Table(HashtableAst table, Func<string, PizzaException> wrong)
    {
        JsonObject read = [];
        foreach ((ExpressionAst key, StatementAst value) in table.KeyValuePairs)
            read[$"{Constant(key, wrong)}"] = Value(value, wrong);   // PowerShell refuses a key that is there twice
        return read;
    }

    private static JsonNode?[] Items(JsonNode? value)
    {
        if (value is not JsonArray list) return [value];
        JsonNode?[] items = [.. list];
        list.Clear();   // a node has one parent
        return items;
    }

    private static JsonNode? Leaf(ExpressionAst leaf, Func<string, PizzaException> wrong) => Constant(leaf, wrong) switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        var other => $"{other}",
    };

    private static object? Constant(ExpressionAst expression, Func<string, PizzaException> wrong)
    {
        try { return expression.SafeGetValue(); }
        catch (InvalidOperationException)
        {
            throw At(expression.Extent, $"'{expression.Extent.Text}' is not a constant, and nothing in a data file is run", wrong);
        }
    }

    private static PizzaException At(IScriptExtent extent, string problem, Func<string, PizzaException> wrong) =>
        wrong($"Line {extent.StartLineNumber}: {problem.TrimEnd('.')}.");
}
