namespace JwtPizza.Ecr.Tests.Trust;

public sealed class GitHubRepositoryTests
{
    [Theory]
    [InlineData("octo-org/octo.repo_1")]
    [InlineData(" octo-org/octo.repo_1 ")]
    [InlineData("https://github.com/octo-org/octo.repo_1")]
    [InlineData("https://github.com/octo-org/octo.repo_1/")]
    [InlineData("https://www.github.com/octo-org/octo.repo_1.git")]
    [InlineData("https://user:secret@github.com/octo-org/octo.repo_1.git")]
    [InlineData("https://github.com/octo-org/octo.repo_1?tab=readme-ov-file#top")]
    [InlineData("git+https://github.com/octo-org/octo.repo_1.git")]
    [InlineData("git://github.com/octo-org/octo.repo_1.git")]
    [InlineData("git@github.com:octo-org/octo.repo_1.git")]
    [InlineData("ssh://git@github.com/octo-org/octo.repo_1.git")]
    [InlineData("ssh://git@ssh.github.com:443/octo-org/octo.repo_1.git")]
    [InlineData("github.com/octo-org/octo.repo_1")]
    [InlineData("https://octo.ghe.com/octo-org/octo.repo_1")]
    public void Every_way_to_write_a_repository_is_understood(string text) =>
        Assert.Equal(("octo-org", "octo.repo_1", false),
            (GitHubRepository.Parse(text).Owner, GitHubRepository.Parse(text).Name, GitHubRepository.Parse(text).HasIds));

    [Fact]
    public void The_immutable_form_brings_its_numbers()
    {
        GitHubRepository repository = GitHubRepository.Parse("octo-org@123456/octo-repo@456789");
        Assert.Equal((123456L, 456789L, "octo-org/octo-repo"), (repository.OwnerId, repository.RepositoryId, repository.ToString()));
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("jwt-pizza-service", "missing")]
    [InlineData("octo-org/", "missing")]
    [InlineData("/octo-repo", "not a valid owner")]
    [InlineData("octo org/octo-repo", "not a valid owner")]
    [InlineData("-octo/octo-repo", "not a valid owner")]
    [InlineData("a234567890123456789012345678901234567890/octo-repo", "not a valid owner")]
    [InlineData("octo-org/octo repo", "not a valid repository name")]
    [InlineData("octo-org/..", "not a valid repository name")]
    [InlineData("octo-org/pizza*", "not a valid repository name")]
    [InlineData("octo-org@*/octo-repo@*", "is not the number")]
    [InlineData("octo-org@0/octo-repo@1", "is not the number")]
    [InlineData("https://gitlab.com/octo-org/octo-repo", "'gitlab.com' is not GitHub's")]
    [InlineData("https://github.com.evil.example/octo-org/octo-repo", "is not GitHub's")]
    [InlineData("https://github.com/octo-org/octo-repo/tree/main", "something follows")]
    [InlineData("https://github.com/octo-org", "missing")]
    public void What_is_no_repository_is_refused_with_the_rule_it_breaks(string text, string rule)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => GitHubRepository.Parse(text));
        Assert.Equal("InvalidGitHubRepository", e.ErrorId);
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_in_an_address_is_not_repeated_in_the_error()
    {
        PizzaException e = Assert.Throws<PizzaException>(() => GitHubRepository.Parse("https://me:ghp_secret@github.com/octo-org"));
        Assert.DoesNotContain("ghp_secret", e.Message + e.Target, StringComparison.Ordinal);
    }
}
