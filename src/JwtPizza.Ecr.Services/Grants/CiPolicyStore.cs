using System.Globalization;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Grants;

/// <summary>
/// Where a managed policy lies: in up to five versions, one of which is in force. Their numbers grow with each write, so that it is seen
/// who wrote before whom.
/// </summary>
internal sealed class CiPolicyStore(IamClient iam, string policyArn) : DocumentStore<CiPolicy>
{
    private const int MaxAttempts = 10;
    private readonly Dictionary<int, CiPolicy> _documents = [];
    private readonly HashSet<int> _checked = [];
    private (int Basis, int Before, int Number, CiPolicy Document)? _written;
    private IReadOnlyList<IamPolicyVersion> _versions = [];

    public override string Name => $"the policy '{PolicyName}'";

    public override string LookWith => $"aws iam list-policy-versions --policy-arn {policyArn}";

    public override string Target => policyArn;

    public override bool CreatesOnce => true;

    /// <summary>Whether it was made here.</summary>
    public bool IsNew { get; private set; }

    private string PolicyName => policyArn[(policyArn.LastIndexOf('/') + 1)..];

    public override async Task<string> KeyAsync(CancellationToken cancellationToken) =>
        $"{await iam.CallerAsync(cancellationToken).ConfigureAwait(false)} {policyArn}";

    public override async Task<Reading<CiPolicy>> ReadAsync(CancellationToken cancellationToken)
    {
        try { _versions = await iam.ListPolicyVersionsAsync(policyArn, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return new(CiPolicy.Parse(PolicyName, null)); }
        int number = Number(_versions.First(v => v.IsDefaultVersion));
        // deleted since
        if (await DocumentAsync(number, cancellationToken).ConfigureAwait(false) is not { } document)
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        Reading<CiPolicy> reading = new(document, number);
        if (_written is not { } written || written.Number != number) return reading;
        await CheckAsync(written, cancellationToken).ConfigureAwait(false);
        foreach (int between in _versions.Select(Number).Where(n => n > written.Before && n < number).OrderDescending())
        {
            // Just what we wrote is of our own call, whose answer was lost before it was repeated.
            if (await DocumentAsync(between, cancellationToken).ConfigureAwait(false) is { } theirs && theirs.Text != written.Document.Text)
                return reading with { Overwritten = new(theirs, between) };
        }
        return reading;
    }

    public override async Task<Reading<CiPolicy>> WriteAsync(
        CiPolicy document, Reading<CiPolicy> basis, CancellationToken cancellationToken)
    {
        if (basis.Document.Text is null)
        {
            IamPolicy made = await CreateAsync(document, cancellationToken).ConfigureAwait(false);
            IsNew = true;
            return Remember(document, 0, 0, made.DefaultVersionId);
        }
        int before = Math.Max(basis.Version, _versions.Select(Number).DefaultIfEmpty().Max());
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                IamPolicyVersion made =
                    await iam.CreatePolicyVersionAsync(policyArn, document.Json.Text, setAsDefault: true, cancellationToken)
                        .ConfigureAwait(false);
                return Remember(document, basis.Version, before, made.VersionId);
            }
            catch (PizzaException e) when (e.ErrorId == "LimitExceeded" && attempt <= MaxAttempts)
            {
                await MakeRoomAsync(before, cancellationToken).ConfigureAwait(false);   // others may take it at once
            }
        }
    }

    private Reading<CiPolicy> Remember(CiPolicy document, int basis, int before, string versionId)
    {
        int number = Number(versionId);
        _documents[number] = document;
        _written = (basis, before, number, document);
        return new(document, number);
    }

    private async Task<IamPolicy> CreateAsync(CiPolicy document, CancellationToken cancellationToken)
    {
        try
        {
            return await iam.CreatePolicyAsync(PolicyName, document.Json.Text, "What CI may push and deploy", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PizzaException e) when (e.ErrorId == "EntityAlreadyExists")
        {
            throw new PizzaException(e.ErrorId, PizzaErrorKind.AlreadyExists,
                $"The account has a policy '{PolicyName}' with another path or in other capitals. " +
                "Name it with -PolicyArn, or choose another -PolicyName.", policyArn, e);
        }
    }

    /// <summary>Deletes the oldest version that is not in force. What the list shows may be gone already, and what is new may not be in it
    /// yet.</summary>
    private async Task MakeRoomAsync(int newest, CancellationToken cancellationToken)
    {
        _versions = await iam.ListPolicyVersionsAsync(policyArn, cancellationToken).ConfigureAwait(false);
        IEnumerable<int> listed = _versions.OrderBy(v => v.CreateDate).ThenBy(Number).Where(v => !v.IsDefaultVersion).Select(Number);
        foreach (int number in listed.Concat(Enumerable.Range(1, newest)).Distinct())
        {
            try
            {
                await iam.DeletePolicyVersionAsync(policyArn, $"v{number}", cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PizzaException e) when (e.ErrorId is "NoSuchEntity" or "DeleteConflict") { }   // gone, or in force
        }
    }

    /// <summary>A version never changes, so it is asked for once. Null: it was deleted since it was listed.</summary>
    private async Task<CiPolicy?> DocumentAsync(int number, CancellationToken cancellationToken)
    {
        if (_documents.TryGetValue(number, out CiPolicy? known)) return known;
        try
        {
            IamPolicyVersion version = await iam.GetPolicyVersionAsync(policyArn, $"v{number}", cancellationToken).ConfigureAwait(false);
            return _documents[number] = CiPolicy.Parse(PolicyName, version.Document);
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return null; }
    }

    private async Task CheckAsync((int Basis, int Before, int Number, CiPolicy Document) written, CancellationToken cancellationToken)
    {
        if (!_checked.Add(written.Number)) return;
        string? there =
            (await iam.GetPolicyVersionAsync(policyArn, $"v{written.Number}", cancellationToken).ConfigureAwait(false)).Document;
        if (there is not null && written.Document.SaysTheSameAs(there)) return;
        await iam.SetDefaultPolicyVersionAsync(policyArn, $"v{written.Basis}", CancellationToken.None).ConfigureAwait(false);
        throw new PizzaException("PolicyNotAsWritten", PizzaErrorKind.InvalidOperation,
            $"Version v{written.Number} of the policy '{PolicyName}' in IAM is not what was sent, so version " +
            $"v{written.Basis} is the default again. Look at both, then run the command again.", policyArn);
    }

    private static int Number(IamPolicyVersion version) => Number(version.VersionId);

    private static int Number(string versionId) =>
        int.Parse(versionId.AsSpan(1, versionId.Split('.')[0].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
}
