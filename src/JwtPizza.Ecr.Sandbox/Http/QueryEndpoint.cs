using System.Text;
using System.Xml;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Sts;
using JwtPizza.Ecr.Sandbox.Watching;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>AWS's Query protocol: a form in, XML out.</summary>
internal sealed class QueryEndpoint(IReadOnlyList<QueryService> services, Sessions sessions, Guard? guard, string defaultRegion) : IEndpoint
{
    private const int BodyLimit = 1024 * 1024;   // a policy document of 131,072 characters, percent-encoded, and its company
    private static readonly XmlWriterSettings s_xml =
        new() { Encoding = new UTF8Encoding(false), NewLineHandling = NewLineHandling.Entitize, CheckCharacters = false };

    public IEnumerable<string> Operations => services.SelectMany(s => s.Names);

    public bool Takes(Exchange exchange) => exchange is { Path: "/", Method: "POST" or "GET" };

    public async Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        QueryService? service = null;
        try
        {
            Dictionary<string, string> form = await FormOfAsync(exchange, cancellationToken).ConfigureAwait(false);
            service = services.FirstOrDefault(s => s.Version == form.GetValueOrDefault("Version"));
            string action =
                form.GetValueOrDefault("Action") ?? throw new ApiError("MissingAction", "The request must contain the parameter Action.");
            QueryCall call = new(action, form, sessions.Resolve(Caller.Of(exchange, defaultRegion)));
            exchange.Trace.Describe(service?.Name ?? "query", action, call.Caller,
                Redaction.Of(form.Where(f => f.Key is not ("Action" or "Version"))));
            if (service?.Find(action) is not { } operation)
            {
                string why = service is null
                    ? $"does not have the service of version '{form.GetValueOrDefault("Version")}'" : "does not support it";
                throw new ApiError("InvalidAction", $"The action {action} is not valid for this endpoint: the sandbox {why}.");
            }
            Admit(operation, call);
            await exchange.Trace.MeetFaultsAsync(Refusals.Query, cancellationToken).ConfigureAwait(false);
            if (guard?.Refusal(call.Caller, $"{service.Name}:{action}", () => operation.Needs(call)) is { } refusal)
                throw new ApiError("AccessDenied", refusal.Sentence, 403) { Why = refusal.Why };
            IEnumerable<XElement>? result = await operation.RunAsync(call, cancellationToken).ConfigureAwait(false);
            await RespondAsync(exchange, 200, service.Namespace, Response(action, result, exchange.RequestId), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ApiError e)
        {
            (exchange.Trace.ErrorCode, exchange.Trace.Why) = (e.Code, e.Why);
            await RespondAsync(exchange, e.Status, service?.Namespace ?? "", Error(e, exchange.RequestId), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private void Admit(Operation<QueryCall, IEnumerable<XElement>?> operation, QueryCall call)
    {
        switch (sessions.Examine(call.Caller))
        {
            case CredentialProblem.Missing
                when !operation.TakesUnsigned: throw new ApiError("MissingAuthenticationToken", "Request is missing Authentication Token",
                    403);
            case CredentialProblem.Unknown: throw new ApiError("InvalidClientTokenId",
                "The security token included in the request is invalid", 403);
            case CredentialProblem.Region: throw new ApiError("SignatureDoesNotMatch", "Credential should be scoped to a valid region. ",
                403);
            case CredentialProblem.Expired: throw new ApiError("ExpiredToken", "The security token included in the request is expired",
                403);
        }
    }

    private static async Task<Dictionary<string, string>> FormOfAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.Method == "GET" && Visitors.IsBrowser(exchange))
            throw new ApiError("AccessDenied", "The sandbox accepts no actions by GET from a browser: a link must not change anything.",
                403);
        byte[] body = await exchange.ReadAsync(BodyLimit, cancellationToken).ConfigureAwait(false)
            ?? throw new ApiError("RequestEntityTooLarge", "The request is larger than any action's input can be.", 413);
        Dictionary<string, string> form = Form.Parse(Encoding.UTF8.GetString(body));
        foreach ((string name, string value) in exchange.Query) form.TryAdd(name, value);
        return form;
    }

    private static XElement Response(string action, IEnumerable<XElement>? result, string requestId) => new(
        $"{action}Response",
        result is null ? null : new XElement($"{action}Result", result),
        new XElement("ResponseMetadata", new XElement("RequestId", requestId)));

    private static XElement Error(ApiError error, string requestId) => new(
        "ErrorResponse",
        new XElement("Error", new XElement("Type", error.Status < 500 ? "Sender" : "Receiver"), new XElement("Code", error.Code),
            new XElement("Message", Printable(error.Message))),
        new XElement("RequestId", requestId));

    /// <summary>Messages quote what the client sent, and XML cannot hold every character.</summary>
    private static string Printable(string text) =>
        text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '\uFFFD'));

    private static Task RespondAsync(Exchange exchange, int status, XNamespace names, XElement answer, CancellationToken cancellationToken)
    {
        foreach (XElement element in answer.DescendantsAndSelf()) element.Name = names + element.Name.LocalName;
        using MemoryStream text = new();
        using (XmlWriter writer = XmlWriter.Create(text, s_xml)) answer.Save(writer);
        return exchange.RespondAsync(status, "text/xml", text.ToArray(), cancellationToken);
    }
}
