using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>
/// AWS's own model of a service (botocore's service-2.json), to hold requests and answers against. Every check returns what is wrong,
/// one line each with its path; nothing is wrong when the list is empty.
/// </summary>
internal sealed class ServiceModel
{
    private static readonly ConcurrentDictionary<string, ServiceModel> s_loaded = new();
    private static readonly Lazy<Dictionary<string, string>> s_botocore = new(OfBotocore);
    private readonly JsonElement _operations;
    private readonly ShapeChecker _shapes;

    private ServiceModel(JsonElement model)
    {
        _operations = model.GetProperty("operations");
        _shapes = new ShapeChecker(model.GetProperty("shapes"));
    }

    /// <summary>Whether the model is on this machine.</summary>
    public static bool IsHere(string service) => System.IO.File.Exists(FileOf(service));

    /// <summary>Loads <c>ecr</c>, <c>iam</c>, <c>sts</c> …; skips the test where the models are not on the machine.</summary>
    public static ServiceModel Load(string service)
    {
        string file = FileOf(service);
        Assert.SkipUnless(IsHere(service), $"AWS's service models are not on this machine ({service}.json.gz).");
        return s_loaded.GetOrAdd(service, _ =>
        {
            using GZipStream json = new(System.IO.File.OpenRead(file), CompressionMode.Decompress);
            return new ServiceModel(JsonDocument.Parse(json).RootElement);
        });
    }

    // Beside the project where somebody has put them; else those of the machine's botocore.
    private static string FileOf(string service) =>
        RepositoryRoot.File("..", "shared", "models", service + ".json.gz") is var given && System.IO.File.Exists(given)
        ? given
        : s_botocore.Value.GetValueOrDefault(service, given);

    private static Dictionary<string, string> OfBotocore()
    {
        const string script = "import botocore, glob; print('\\n'.join(glob.glob(botocore.__path__[0] + '/data/*/*/service-2.json.gz')))";
        try
        {
            using Process python = Process.Start(
                new ProcessStartInfo("python3", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return python.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)
                .GroupBy(f => f.Split('/', '\\')[^3]).ToDictionary(g => g.Key, g => g.Last());
        }
        catch (System.ComponentModel.Win32Exception) { return []; }   // no python3
    }

    /// <summary>The names of all operations.</summary>
    public IEnumerable<string> Operations => _operations.EnumerateObject().Select(o => o.Name);

    /// <summary>Whether the model knows the operation.</summary>
    public bool Has(string operation) => _operations.TryGetProperty(operation, out _);

    /// <summary>Checks the body of a JSON request.</summary>
    public IReadOnlyList<string> CheckInput(string operation, string json) => Check(operation, "input", json);

    /// <summary>Checks the body of a JSON answer of 200.</summary>
    public IReadOnlyList<string> CheckOutput(string operation, string json) => Check(operation, "output", json);

    /// <summary>Checks the form of a Query request.</summary>
    public IReadOnlyList<string> CheckInput(string operation, IReadOnlyDictionary<string, string> form)
    {
        List<string> problems = [];
        string[] names = [.. form.Keys.Where(k => k is not ("Action" or "Version"))];
        if (Shape(operation, "input") is not { } shape)
            return names is [] ? [] : [$"{operation} takes no parameters, but got {string.Join(", ", names)}"];
        JsonElement tree = QueryForm.ToJson(form.Where(p => names.Contains(p.Key)));
        _shapes.Check(shape.GetProperty("shape").GetString()!, tree, operation, problems, Wire.Query);
        return problems;
    }

    /// <summary>Checks an XML answer of 200: the whole document, from the …Response element on.</summary>
    public IReadOnlyList<string> CheckOutput(string operation, XElement response)
    {
        List<string> problems = [];
        if (response.Name.LocalName != operation + "Response")
            problems.Add($"the root is {response.Name.LocalName}, not {operation}Response");
        if (response.Descendants().All(e => e.Name.LocalName != "RequestId")) problems.Add("there is no ResponseMetadata/RequestId");
        if (Shape(operation, "output") is not { } shape) return problems;
        string wrapper = shape.TryGetProperty("resultWrapper", out JsonElement w) ? w.GetString()! : operation + "Result";
        XElement? result = response.Elements().FirstOrDefault(e => e.Name.LocalName == wrapper);
        if (result is null) problems.Add($"there is no {wrapper}");
        else _shapes.Check(shape.GetProperty("shape").GetString()!, result, operation, problems);
        return problems;
    }

    /// <summary>The members that the model requires of an operation's input.</summary>
    public IReadOnlyList<string> Required(string operation) =>
        Shape(operation, "input") is { } shape ? _shapes.Required(shape.GetProperty("shape").GetString()!) : [];

    /// <summary>The error codes that the model names for an operation.</summary>
    public IReadOnlyList<string> Errors(string operation) =>
        !_operations.GetProperty(operation).TryGetProperty("errors", out JsonElement errors) ? []
        : [.. errors.EnumerateArray().Select(e => _shapes.ErrorCode(e.GetProperty("shape").GetString()!))];

    private List<string> Check(string operation, string side, string json)
    {
        List<string> problems = [];
        using JsonDocument document = JsonDocument.Parse(json);
        if (Shape(operation, side) is { } shape)
            _shapes.Check(shape.GetProperty("shape").GetString()!, document.RootElement, operation, problems, Wire.Json);
        else if (document.RootElement.EnumerateObject().Any()) problems.Add($"{operation} has no {side}, but there is {json}");
        return problems;
    }

    private JsonElement? Shape(string operation, string side) =>
        !_operations.TryGetProperty(operation, out JsonElement found)
            ? throw new ArgumentException($"The model knows no operation '{operation}'.")
        : found.TryGetProperty(side, out JsonElement shape) ? shape : null;
}
