using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Repositories;

namespace JwtPizza.Ecr.Services.State;

/// <summary>How one repository differs from what a file says, and what makes it so.</summary>
internal sealed class RepositoryDifferences
{
    private readonly AwsSession _aws;
    private readonly RepositoryName _name;
    private readonly RepositoryService _repositories;
    private readonly DifferenceList _found;

    private RepositoryDifferences(AwsSession aws, RepositoryName name) =>
        (_aws, _name, _repositories, _found) = (aws, name, new(aws.Ecr), new($"repositories.{name}"));

    /// <summary>The differences of a repository that the file holds.</summary>
    /// <param name="aws">The registry.</param>
    /// <param name="name">The repository.</param>
    /// <param name="wanted">What the file says.</param>
    /// <param name="there">What is there; null for nothing.</param>
    public static StateGroup? Of(AwsSession aws, string name, RepositoryState wanted, RepositoryReading? there)
    {
        RepositoryDifferences differences = new(aws, RepositoryName.Parse(name));
        if (there is null) differences.Create(wanted.Settings);
        else differences.Settings(wanted, there);
        differences.Lifecycle(wanted.Lifecycle ?? [], there?.Rules ?? [], there?.Unreadable);
        AccessPolicy policy = there?.Policy ?? AccessPolicy.Parse($"the repository '{name}'", null);
        differences.Access("access.pull", wanted.Pull ?? [], AccessGrant.Pull, policy);
        differences.Access("access.push", wanted.Push ?? [], AccessGrant.Push, policy);
        differences._found.Statements(
            "access.otherStatements", wanted.OtherStatements ?? new Dictionary<string, string>(), StateAccess.Others(policy));
        return differences._found.Group;
    }

    /// <summary>A repository that the file does not hold.</summary>
    /// <param name="aws">The registry.</param>
    /// <param name="there">The repository.</param>
    public static StateGroup Extra(AwsSession aws, Repository there)
    {
        RepositoryDifferences differences = new(aws, RepositoryName.Parse(there.RepositoryName));
        differences._found.Extra("", Text(there), "Delete the repository, if it holds no images", async token =>
        {
            await differences._repositories.DeleteAsync(differences._name, includeImages: false, token).ConfigureAwait(false);
            return new(ChangeStatus.Removed, []);
        });
        return differences._found.Group!;
    }

    private void Create(RepositorySettings settings) => _found.Missing("", Text(settings), "Create the repository", async token =>
    {
        Repository made = (await _repositories.EnsureAsync(_name, settings, token).ConfigureAwait(false)).Repository;
        return new(made.Status ?? ChangeStatus.Unchanged, []);
    }, isFirst: true);

    private void Settings(RepositoryState wanted, RepositoryReading there)
    {
        Repository has = there.Repository;
        RepositorySettings wants = wanted.Settings;
        Setting("imageTagMutability", Text(has.ImageTagMutability, has.MutabilityExclusion),
            wants.ImageTagMutability is { } mutability ? Text(mutability, wants.MutabilityExclusion) : null, "MUTABLE",
            new() { ImageTagMutability = wants.ImageTagMutability ?? "MUTABLE", MutabilityExclusion = wants.MutabilityExclusion ?? [] });
        Setting("scanOnPush", Text(has.ScanOnPush), wants.ScanOnPush is { } scan ? Text(scan) : null, "true",
            new() { ScanOnPush = wants.ScanOnPush ?? true });
        Encryption(has, wants);
        foreach (string key in there.Tags.Keys.Union(wants.Tags?.Keys ?? []).Order(StringComparer.Ordinal))
            Tag(key, there.Tags.GetValueOrDefault(key), wants.Tags?.GetValueOrDefault(key), has);
    }

    /// <summary>A setting that the file does not name is extra where it is not as in a new repository.</summary>
    private void Setting(string at, string current, string? wanted, string usual, RepositorySettings settings)
    {
        if (current == (wanted ?? usual)) return;
        if (wanted is null) _found.Extra(at, current, $"Set {at} back to {usual}", token => AlignAsync(settings, token));
        else _found.Different(at, current, wanted, $"Set {at} to {wanted}", token => AlignAsync(settings, token));
    }

    private void Encryption(Repository has, RepositorySettings wants)
    {
        const string Why = "ECR fixes the encryption when a repository is created.";
        if (wants.EncryptionType is null && has.EncryptionType != "AES256")
            _found.Fixed(StateDifferenceKind.Extra, "encryptionType", has.EncryptionType, null, Why);
        else if (RepositoryService.EncryptionDiffers(has, wants))
            _found.Fixed(StateDifferenceKind.Different, "encryptionType", Text(has.EncryptionType, has.KmsKey),
                Text(wants.EncryptionType ?? has.EncryptionType, wants.KmsKey), Why);
    }

    private void Tag(string key, string? current, string? wanted, Repository there)
    {
        string at = $"tags.{key}";
        if (current == wanted) return;
        if (wanted is null)
        {
            _found.Extra(at, current!, $"Remove the tag {key}", async token =>
            {
                await _aws.Ecr.Tags.RemoveAsync(there.RepositoryArn, [key], token).ConfigureAwait(false);
                return new(ChangeStatus.Removed, []);
            });
            return;
        }
        RepositorySettings settings = new() { Tags = new Dictionary<string, string> { [key] = wanted } };
        if (current is null) _found.Missing(at, wanted, $"Add the tag {key}={wanted}", async token =>
            await AlignAsync(settings, token).ConfigureAwait(false) with { Status = ChangeStatus.Created });
        else _found.Different(at, current, wanted, $"Set the tag {key} to {wanted}", token => AlignAsync(settings, token));
    }

    private async Task<StateOutcome> AlignAsync(RepositorySettings settings, CancellationToken cancellationToken)
    {
        RepositoryAlignment alignment = await _repositories.PlanAsync(_name, settings, cancellationToken).ConfigureAwait(false);
        Repository aligned = await _repositories.AlignAsync(alignment, cancellationToken).ConfigureAwait(false);
        return new(aligned.Status ?? ChangeStatus.Unchanged, []);
    }

    /// <summary>The file's rules are one change; each rule that it does not hold is another.</summary>
    private void Lifecycle(IReadOnlyList<LifecycleRule> wanted, IReadOnlyList<LifecycleRule> there, string? unreadable)
    {
        if (unreadable is not null)
        {
            _found.Fixed(wanted.Count == 0 ? StateDifferenceKind.Extra : StateDifferenceKind.Different, "lifecycle", "(not readable)",
                wanted.Count == 0 ? null : StateRules.Text(wanted), unreadable);
            return;
        }
        LifecycleService lifecycle = new(_aws.Ecr, _aws.Region);
        if (wanted.Count > 0 && !StateRules.AreThere(wanted, there))
        {
            IReadOnlyList<LifecycleRule> same = StateRules.Of(wanted, there);
            string text = StateRules.Text(wanted), action = $"Set the lifecycle rules {text}";
            if (same.Count == 0) _found.Missing("lifecycle", text, action, SetAsync);
            else _found.Different("lifecycle", StateRules.Text(same), text, action, SetAsync);
        }
        foreach (LifecycleRule extra in there.Where(t => !wanted.Any(t.IsForSameImagesAs)))
            _found.Extra($"lifecycle.{StateRules.Images(extra)}", StateRules.Text([extra]), $"Remove the lifecycle rule {extra}",
                async token => StateOutcome.Of(
                    await lifecycle.RemoveAsync(_name.Value, new([], [extra]), token).ConfigureAwait(false)) with
                {
                    Status = ChangeStatus.Removed,
                });

        async Task<StateOutcome> SetAsync(CancellationToken token) =>
            StateOutcome.Of(await lifecycle.SetAsync(_name.Value, StateRules.Change(wanted), token).ConfigureAwait(false));
    }

    private void Access(string at, IReadOnlyList<string> wanted, Func<AccessPrincipal, AccessGrant> grant, AccessPolicy there)
    {
        AccessService access = AccessService.OfRepository(_aws.Ecr, _name);
        string what = at[(at.IndexOf('.', StringComparison.Ordinal) + 1)..];
        foreach (string principal in wanted)
        {
            AccessGrant asked = grant(StateAccess.Principal(principal, _aws.Partition));
            if (there.Grant([asked]).Changed)
                _found.Missing($"{at}.{principal}", "allowed", $"Allow {principal} to {what}", async token =>
                    StateOutcome.Of(await access.EditAsync(p => p.Grant([asked]), token).ConfigureAwait(false)) with
                    {
                        Status = ChangeStatus.Created,
                    });
        }
        foreach (string principal in StateAccess.Granted(there, grant).Except(wanted).Order(StringComparer.Ordinal))
        {
            AccessGrant held = grant(principal is { Length: 12 } && principal.All(char.IsAsciiDigit)
                ? AccessPrincipal.OfAccount(_aws.Partition, principal) : AccessPrincipal.AsWritten(principal));
            _found.Extra($"{at}.{principal}", "allowed", $"Do not allow {principal} to {what}", async token =>
                StateOutcome.Of(await access.EditAsync(p => p.Revoke([held]), token).ConfigureAwait(false)) with
                {
                    Status = ChangeStatus.Removed,
                });
        }
    }

    private static string Text(Repository repository) => string.Join(", ",
        Text(repository.ImageTagMutability, repository.MutabilityExclusion), $"scan on push {(repository.ScanOnPush ? "on" : "off")}");

    private static string Text(RepositorySettings settings) => string.Join(", ",
        Text(settings.ImageTagMutability ?? "MUTABLE", settings.MutabilityExclusion),
        $"scan on push {(settings.ScanOnPush ?? true ? "on" : "off")}");

    private static string Text(string mutability, IReadOnlyList<string>? exclusion) =>
        RepositoryReading.Plain(mutability) + (exclusion is { Count: > 0 } ? $" except {string.Join(", ", exclusion)}" : "");

    private static string Text(string encryption, string? key) => key is null ? encryption : $"{encryption} with {key}";

    private static string Text(bool value) => value ? "true" : "false";
}
