using System.Text.Json.Nodes;
using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Ecr;
using JwtPizza.Ecr.Sandbox.Ecs;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>Services behind a guard.</summary>
internal static class Guarded
{
    /// <summary>Each service behind the guard; as they are without one. What the tables do not have, nobody but the administrator can call.</summary>
    public static IReadOnlyList<IJsonApi> By(Guard? guard, EcrWorld world, IReadOnlyList<IJsonApi> apis) => guard is null ? apis : [.. apis.Select(a => new Json(guard, world, a))];

    /// <inheritdoc cref="By(Guard?, EcrWorld, IReadOnlyList{IJsonApi})"/>
    public static IReadOnlyList<IQueryApi> By(Guard? guard, Readers iam, IReadOnlyList<IQueryApi> apis) => guard is null ? apis : [.. apis.Select(a => new Query(guard, iam, a))];

    private sealed class Json(Guard guard, EcrWorld world, IJsonApi api) : IJsonApi
    {
        public string TargetPrefix => api.TargetPrefix;

        public Task<JsonObject> CallAsync(JsonCall call, CancellationToken cancellationToken)
        {
            (string service, Func<IEnumerable<Need>?> needs) = api switch
            {
                EcrApi => ("ecr", () => EcrNeeds.Of(call, world)),
                EcsApi => ("ecs", () => EcsNeeds.Of(call, world.Info.RegistryId)),
                _ => (api.TargetPrefix, (Func<IEnumerable<Need>?>)(() => null)),
            };
            return guard.Refusal(call.Caller, $"{service}:{call.Operation}", needs) is { } why
                ? throw new ApiError("AccessDeniedException", why)
                : api.CallAsync(call, cancellationToken);
        }
    }

    private sealed class Query(Guard guard, Readers iam, IQueryApi api) : IQueryApi
    {
        public string Version => api.Version;

        public XNamespace Namespace => api.Namespace;

        public bool TakesUnsigned(string action) => api.TakesUnsigned(action);

        public Task<IEnumerable<XElement>?> CallAsync(QueryCall call, CancellationToken cancellationToken)
        {
            (string service, Func<IEnumerable<Need>?> needs) = api is IamApi
                ? ("iam", () => QueryNeeds.OfIam(call, iam.Account))
                : ("sts", (Func<IEnumerable<Need>?>)(() => QueryNeeds.OfSts(call)));
            return guard.Refusal(call.Caller, $"{service}:{call.Action}", needs) is { } why
                ? throw new ApiError("AccessDenied", why, 403)
                : api.CallAsync(call, cancellationToken);
        }
    }
}
