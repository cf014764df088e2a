namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The tags of repositories, which ECR and ECR Public read and write alike.</summary>
/// <param name="ecr">One of the two.</param>
internal sealed class ResourceTags(AwsConnection ecr)
{
    /// <summary>The tags of a repository.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(string resourceArn, CancellationToken cancellationToken) =>
        (await ecr.ReadAsync("ListTagsForResource", new(resourceArn), EcrJson.Default.ListTagsInput, EcrJson.Default.ListTagsOutput,
            cancellationToken).ConfigureAwait(false)).Tags?.ToDictionary(t => t.Key, t => t.Value) ?? [];

    /// <summary>Those of some tags that a repository does not have, or has with another value.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MissingAsync(
        string resourceArn, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> has = await ListAsync(resourceArn, cancellationToken).ConfigureAwait(false);
        return tags.Where(t => has.GetValueOrDefault(t.Key) != t.Value).ToDictionary();
    }

    /// <summary>Adds tags to a repository, or gives them new values; others stay.</summary>
    public Task AddAsync(string resourceArn, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        ecr.WriteAsync("TagResource", new(resourceArn, ResourceTag.Of(tags)), EcrJson.Default.TagResourceInput, EcrJson.Default.Nothing,
            async token => (await MissingAsync(resourceArn, tags, token).ConfigureAwait(false)).Count == 0, cancellationToken);

    /// <summary>Removes tags from a repository; others stay, and one that is not there is no error.</summary>
    public Task RemoveAsync(string resourceArn, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        ecr.WriteAsync("UntagResource", new(resourceArn, [.. keys]), EcrJson.Default.UntagResourceInput, EcrJson.Default.Nothing,
            async token => !(await ListAsync(resourceArn, token).ConfigureAwait(false)).Keys.Intersect(keys).Any(), cancellationToken);
}
