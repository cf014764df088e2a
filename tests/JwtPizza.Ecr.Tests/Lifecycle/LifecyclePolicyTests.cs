namespace JwtPizza.Ecr.Tests.Lifecycle;

public sealed class LifecyclePolicyTests
{
    private const string Course = """
        { "rules": [ { "rulePriority": 1, "description": "Delete untagged",
          "selection": { "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1 },
          "action": { "type": "expire" } } ] }
        """;

    [Fact]
    public void The_rule_of_the_course_is_read_and_written_in_canonical_form()
    {
        LifecyclePolicy policy = LifecyclePolicy.Parse(Course);
        Assert.Equal(
            """{"rules":[{"rulePriority":1,"description":"Delete untagged","selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}""",
            policy.Text);
    }

    [Fact]
    public void Policies_that_mean_the_same_are_equal_however_they_are_written()
    {
        LifecyclePolicy one = LifecyclePolicy.Parse("""
            {"rules":[{"rulePriority":7,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":9},"action":{"type":"expire"}},
            {"rulePriority":2,"selection":{"tagStatus":"tagged","tagPatternList":["b*","a*"],"storageClass":"standard","countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}}]}
            """);
        LifecyclePolicy other = LifecyclePolicy.Parse("""
            {"rules":[{"action":{"type":"expire"},"selection":{"countNumber":3,"countType":"imageCountMoreThan","tagPatternList":["a*","b*"],"tagStatus":"tagged"},"rulePriority":2},
            {"action":{"type":"expire"},"selection":{"countNumber":9,"countType":"imageCountMoreThan","tagStatus":"any"},"rulePriority":7}]}
            """);
        Assert.Equal(one, other);
        Assert.Equal([2, 7], one.Rules.Select(r => r.Priority));
        Assert.Equal(["b*", "a*"], one.Rules[0].TagPattern);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"rules":{}}""", "'rules' must be a list")]
    [InlineData("""{"rules":[]}""", "it has no rule")]
    [InlineData("""{"rules":[], "version": 2}""", "no member 'version'")]
    [InlineData("""{"rules":[1]}""", "rule 1: the rule must be a JSON object, not 1")]
    [InlineData("""{"rules":[{"rulePriority":4,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":3}}]}""",
        "rule 1 (priority 4): 'action' is missing")]
    [InlineData(
        """{"rules":[{"rulePriority":4,"action":{"type":"expire"},"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":"3"}}]}""", "must be a whole number, not the text \"3\"")]
    [InlineData(
        """{"rules":[{"rulePriority":4,"action":{"type":"expire"},"selection":{"tagStatus":"any","tagstatus":"any","countType":"imageCountMoreThan","countNumber":3}}]}""", "no member 'tagstatus'")]
    [InlineData(
        """{"rules":[{"rulePriority":4,"action":{"type":"expire"},"selection":{"tagStatus":"any","tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":3}}]}""", "'tagStatus' appears twice")]
    [InlineData(
        """{"rules":[{"rulePriority":4,"action":{"type":"expire"},"selection":{"tagStatus":"tagged","tagPatternList":[],"countType":"imageCountMoreThan","countNumber":3}}]}""", "'tagPatternList' must be a list of one or more")]
    public void Text_that_is_no_policy_is_refused_with_the_place_at_fault(string text, string problem)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => LifecyclePolicy.Parse(text));
        Assert.Equal("InvalidLifecyclePolicy", e.ErrorId);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        PizzaException e = Assert.Throws<PizzaException>(() => LifecyclePolicy.Parse("""
            {"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":0},"action":{"type":"expire"}},
            {"rulePriority":2,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countNumber":1,"age":3},"action":{"type":"expire"}},
            {"rulePriority":1,"selection":{"tagStatus":"tagged","countType":"sinceImagePushed","countNumber":1},"action":{"type":"delete"}}]}
            """));
        foreach (string problem in (string[])["rule 1 (priority 1): countNumber 0", "rule 2 (priority 2): 'selection' has no member 'age'",
            "rule 3 (priority 1): another rule has this rulePriority",
            "needs a tagPatternList", "needs the countUnit 'days'", "'delete' is not one of", "must have the highest rulePriority"])
        {
            Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        }
    }

    public static TheoryData<LifecycleRule, string> BrokenRules => new()
    {
        { new() { Priority = -1, CountNumber = 1 }, "rulePriority -1" },
        { new() { CountNumber = 0 }, "countNumber 0" },
        { new() { TagStatus = "Tagged", CountNumber = 1 }, "tagStatus 'Tagged'" },
        { new() { TagStatus = "tagged", CountNumber = 1 }, "needs a tagPatternList or a tagPrefixList" },
        { new() { TagStatus = "untagged", TagPattern = ["a"], CountNumber = 1 }, "cannot have a tagPatternList" },
        { new() { TagStatus = "tagged", TagPattern = ["a"], TagPrefix = ["b"], CountNumber = 1 }, "cannot be combined" },
        { new() { TagStatus = "tagged", TagPattern = ["*1*2*3*4*5"], CountNumber = 1 }, "more than 4 '*'" },
        { new() { TagStatus = "tagged", TagPattern = ["a", "a"], CountNumber = 1 }, "'a' appears twice" },
        { new() { TagStatus = "tagged", TagPrefix = ["a*"], CountNumber = 1 }, "use a tagPatternList" },
        { new() { TagStatus = "tagged", TagPrefix = [""], CountNumber = 1 }, "is empty" },
        { new() { CountType = "imageAge", CountNumber = 1 }, "countType 'imageAge'" },
        { new() { CountUnit = "days", CountNumber = 1 }, "cannot have a countUnit" },
        { new() { CountType = "sinceImagePushed", CountNumber = 1 }, "needs the countUnit 'days'" },
        { new() { CountType = "sinceImagePushed", CountUnit = "weeks", CountNumber = 1 }, "not 'weeks'" },
        { new() { CountType = "sinceImagePulled", CountUnit = "days", CountNumber = 9 }, "sinceImagePulled can only transition" },
        { new() { CountType = "sinceImageTransitioned", CountUnit = "days", CountNumber = 100 }, "needs the storageClass 'archive'" },
        { new() { CountType = "sinceImageTransitioned", CountUnit = "days", CountNumber = 89, StorageClass = "archive" }, "stay at least " +
            "90 days" },
        { new()
        {
            CountType = "sinceImageTransitioned", CountUnit = "days", CountNumber = 90, StorageClass = "archive", Action = "transition",
            TargetStorageClass = "archive",
        }, "can only expire" },
        { new() { CountType = "sinceImagePushed", CountUnit = "days", CountNumber = 90, StorageClass = "archive" },
            "works on the storageClass 'standard' only" },
        { new() { CountNumber = 1, StorageClass = "glacier" }, "storageClass 'glacier'" },
        { new() { CountNumber = 1, Action = "delete" }, "the action 'delete'" },
        { new() { CountNumber = 1, Action = "transition" }, "needs the targetStorageClass 'archive'" },
        { new() { CountNumber = 1, TargetStorageClass = "archive" }, "cannot have a targetStorageClass" },
        { new() { CountNumber = 1, Description = new string('x', 31_000) }, "ECR accepts 100 to 30,720" },
    };

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public void A_rule_that_ecr_would_refuse_is_refused_before_any_call(LifecycleRule rule, string problem)
    {
        PizzaException e = Assert.Throws<PizzaException>(() => LifecyclePolicy.Of(rule));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_rules_are_taken_and_fifty_one_refused()
    {
        LifecycleRule[] rules = [.. Enumerable.Range(1, 51).Select(i => LifecycleRule.KeepLastTagged(1, $"v{i}.*"))];
        Assert.Equal(50, LifecyclePolicy.Of(rules[..50]).Rules.Count);
        Assert.Contains("51 rules", Assert.Throws<PizzaException>(() => LifecyclePolicy.Of(rules)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_archive_may_have_rules_of_its_own_for_untagged_and_any()
    {
        LifecyclePolicy policy = LifecyclePolicy.Parse("""
            {"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":90},"action":{"type":"transition","targetStorageClass":"archive"}},
            {"rulePriority":2,"selection":{"tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":365},"action":{"type":"expire"}}]}
            """);
        Assert.Equal(2, policy.Rules.Count);
    }
}
